import { readSecret } from "../serve/secretFiles.ts";
import { UsageError } from "./command.ts";

/** The token of the environment, or of the file that it names; empty where there is none. Throws a `UsageError`. */
export async function readToken(env: NodeJS.ProcessEnv): Promise<string> {
  const read = await readSecret(env, "RUMKIT_TOKEN");
  if (read && "fault" in read) throw new UsageError(`[rumkit] ${read.fault}`);
  return read?.text ?? env["RUMKIT_TOKEN"] ?? "";
}
