import { BASE_PATH_FORM, DEFAULT_BASE_PATHS, isBasePath } from "@rumkit/server/internal/base";
import { UsageError } from "./command.ts";

/** Flag and variable of each base path, those of `rumkit serve`. */
export const BASE_PATH_NAMES = {
  live: { flag: "--live-path", variable: "RUMKIT_LIVE_PATH" },
  api: { flag: "--api-path", variable: "RUMKIT_API_PATH" },
} as const;

/**
 * Returns the base path that a flag gives, else the environment, else the default; without a slash at its end. Throws a
 * `UsageError`.
 */
export function readBasePath(
  base: keyof typeof BASE_PATH_NAMES,
  given: string | undefined,
  env: NodeJS.ProcessEnv,
): string {
  const { flag, variable } = BASE_PATH_NAMES[base];
  const path = given ?? (env[variable] || DEFAULT_BASE_PATHS[base]);
  if (isBasePath(path)) return path.replace(/\/$/, "");
  const name = given === undefined ? variable : flag;
  throw new UsageError(`[rumkit] ${name} must be ${BASE_PATH_FORM} (got ${JSON.stringify(path)}).`);
}
