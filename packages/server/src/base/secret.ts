import { readFileSync } from "node:fs";
import { type Check, isObject, object, text } from "./shape.ts";

/**
 * A secret of the options: the text, or its place. `{ env: "SLACK_URL" }` is a variable of the process,
 * `{ file: "/run/secrets/slack" }` a file with one line. Read when the collector starts.
 */
export type Secret = string | { readonly env: string } | { readonly file: string };

/** Maximum characters of a secret: the longest are signing keys and signed URLs. */
const LONGEST = 8_192;

const checkPlace = object(
  { env: text('"SLACK_URL"'), file: text('"/run/secrets/slack"') },
  {
    example: '{ env: "SLACK_URL" }',
    together: (place, path, faults) => {
      if ("env" in place === "file" in place) faults.add(path, "must have either env or file.");
    },
  },
);

/** Checks a secret, and that its place has one. No fault has the secret. */
export const checkSecret: Check = (value, path, faults) => {
  if (isObject(value)) {
    const before = faults.found.length;
    checkPlace(value, path, faults);
    if (faults.found.length > before) return;
  } else if (typeof value !== "string") {
    return faults.add(path, 'must be a text, { env: "NAME" } or { file: "/path" }, not what it is.');
  }
  const read = readPlace(value as Secret);
  if ("fault" in read) faults.add(path, read.fault);
};

/** Reads a secret. Throws a TypeError, without the secret, if its place has none. */
export function readSecret(secret: Secret): string {
  const read = readPlace(secret);
  if ("fault" in read) throw new TypeError(`[rumkit] A secret ${read.fault}`);
  return read.text;
}

/** A fault follows the name of the option: "names the variable …". */
function readPlace(secret: Secret): { readonly text: string } | { readonly fault: string } {
  if (typeof secret === "string") return ofText(secret, "is empty. Write the secret");
  if ("env" in secret) {
    const { env } = secret;
    return ofText(process.env[env] ?? "", `names the variable ${quote(env)}, which is not set. Set it`);
  }
  try {
    return ofText(readFileSync(secret.file, "utf8"), "names a file that is empty. Write the secret into it");
  } catch (error) {
    // The message has the path, which may be the secret itself by mistake.
    const { code = "no reason is known" } = error as NodeJS.ErrnoException;
    return { fault: `names a file that cannot be read: ${code}.` };
  }
}

function ofText(written: string, empty: string): { readonly text: string } | { readonly fault: string } {
  const secret = written.replace(/\r?\n$/, "");
  if (secret.trim() === "") return { fault: `${empty}.` };
  if (secret.length > LONGEST) return { fault: `has more than ${LONGEST} characters.` };
  // A control character would end a header, or add another one.
  if (/\p{Cc}/u.test(secret)) return { fault: "has a control character, such as the end of a line." };
  return { text: secret };
}

function quote(name: string): string {
  return JSON.stringify(name.slice(0, 64));
}
