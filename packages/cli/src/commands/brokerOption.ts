import { readSecret } from "../base/readSecret.ts";
import { UsageError } from "./command.ts";

/** Returns the address of the log; "-" takes that of the environment. Throws a `UsageError`, without a secret in it. */
export async function readBroker(given: string, env: NodeJS.ProcessEnv): Promise<string> {
  if (given !== "-") return given;
  const read = await readSecret(env, "RUMKIT_BROKER");
  if (read && "fault" in read) throw new UsageError(`[rumkit] ${read.fault}`);
  const url = read?.text ?? env["RUMKIT_BROKER"];
  if (url) return url;
  throw new UsageError("[rumkit] --broker - needs RUMKIT_BROKER or RUMKIT_BROKER_FILE in the environment.");
}
