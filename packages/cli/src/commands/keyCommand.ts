import { hash, randomBytes } from "node:crypto";
import { parseCommandLine } from "./arguments.ts";
import { type Command, UsageError } from "./command.ts";

const USAGE = `Usage: rumkit key

Makes a key: rk_ and 32 random bytes in base64url, and its SHA-256 digest.

  A write key:            put the key into writeKeys and into the page.
  A secret key, a token:  put the digest into the configuration (sha256), and give the key to the sender.
`;

export const keyCommand: Command = {
  usage: USAGE,
  run: async (argv) => {
    if (parseCommandLine(argv, {}).positionals.length > 0)
      throw new UsageError("[rumkit] rumkit key takes no arguments.");
    // The prefix lets secret scanners find keys, and keeps keys from starting with "-" like an option.
    const secret = `rk_${randomBytes(32).toString("base64url")}`;
    process.stdout.write(`key     ${secret}\nsha256  ${hash("sha256", secret)}\n`);
    return 0;
  },
};
