import { readSecret } from "../serve/secretFiles.ts";
import { UsageError } from "./command.ts";

/**
 * Returns the token in the environment, or in the file that the environment names; an empty string without one. Throws
 * a `UsageError`.
 */
export async function readToken(env: NodeJS.ProcessEnv): Promise<string> {
  const read = await readSecret(env, "RUMKIT_TOKEN");
  if (read && "fault" in read) throw new UsageError(`[rumkit] ${read.fault}`);
  return read?.text ?? env["RUMKIT_TOKEN"] ?? "";
}
