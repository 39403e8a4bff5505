/**
 * The environment where no option says it: `production` where `NODE_ENV` does, else `development`, as of Express and
 * Vite. One rule for `createCollector` and `rumkit serve`.
 */
export function defaultEnvironment(
  env: Readonly<Record<string, string | undefined>>,
): "development" | "production" {
  return env["NODE_ENV"] === "production" ? "production" : "development";
}
