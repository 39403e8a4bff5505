import { hash, randomBytes } from "node:crypto";
import { type Command, UsageError } from "./command.ts";
import { parseCommandLine } from "./parseCommandLine.ts";

const USAGE = `Usage: rumkit key

Makes a key: 32 random bytes in base64url, and their SHA-256 digest. A write key goes into the configuration
and into the page as it is. Of a secret key or a token the configuration gets the digest, its owner the secret.
`;

export const keyCommand: Command = {
  usage: USAGE,
  run: async (argv) => {
    if (parseCommandLine(argv, {}).positionals.length > 0)
      throw new UsageError("[rumkit] A key needs no name.");
    const secret = randomBytes(32).toString("base64url");
    process.stdout.write(`key     ${secret}\nsha256  ${hash("sha256", secret)}\n`);
    return 0;
  },
};
