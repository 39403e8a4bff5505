/** Values of `NODE_ENV` under which a developer reads the messages. */
const OF_DEVELOPERS = ["development", "dev", "local", "test"];

/**
 * Returns the environment if no option sets it, by `NODE_ENV` in any case and with spaces around: `development` for
 * `development`, `dev`, `local` and `test`, `production` for every other word, so that `staging` and a misspelt
 * `prodution` explain nothing to strangers. If it is not set or empty, `unset`.
 *
 * One rule for `createCollector`, where a missing value means development, as in Express and Vite, and for `rumkit
 * serve`, where it does so on a machine that no other can reach.
 */
export function defaultEnvironment(
  env: Readonly<Record<string, string | undefined>>,
  unset: "development" | "production" = "development",
): "development" | "production" {
  const said = (env["NODE_ENV"] ?? "").trim().toLowerCase();
  if (said === "") return unset;
  return OF_DEVELOPERS.includes(said) ? "development" : "production";
}
