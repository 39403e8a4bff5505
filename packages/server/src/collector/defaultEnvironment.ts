/** Values of `NODE_ENV` that mean development. */
const OF_DEVELOPERS = ["development", "dev", "local", "test"];

/**
 * Returns the default environment by `NODE_ENV`, ignoring case and surrounding spaces: `development` for
 * `development`, `dev`, `local` and `test`; `unset` if the variable is missing or empty; otherwise `production`, so
 * that `staging` and a misspelled `prodution` do not explain faults to strangers.
 *
 * `createCollector` and `rumkit serve` share this rule. For `createCollector`, `unset` means development, as in
 * Express and Vite; for `rumkit serve` it does so only if the server listens on loopback.
 */
export function defaultEnvironment(
  env: Readonly<Record<string, string | undefined>>,
  unset: "development" | "production" = "development",
): "development" | "production" {
  const said = (env["NODE_ENV"] ?? "").trim().toLowerCase();
  if (said === "") return unset;
  return OF_DEVELOPERS.includes(said) ? "development" : "production";
}
