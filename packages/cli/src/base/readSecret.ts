import { createReadStream } from "node:fs";

/** Environment variables by name, as in `process.env`. */
export type Environment = Readonly<Record<string, string | undefined>>;

/** Maximum bytes of a file of secrets: enough for hundreds of secrets, and a limit for files such as `/dev/zero`. */
const MOST_BYTES = 65_536;

interface ReadSecretOptions {
  /** True if line feeds separate entries like commas. Default false: one secret on one line. */
  readonly lists?: boolean;
}

/**
 * Returns the text of the file that `<variable>_FILE` names, without its last line feed; undefined if it names none.
 * Never throws. Faults contain neither the content nor the name of the file.
 */
export async function readSecret(
  env: Environment,
  variable: string,
  { lists = false }: ReadSecretOptions = {},
): Promise<{ readonly text: string } | { readonly fault: string } | undefined> {
  const named = fileVariable(variable);
  const path = env[named];
  if (path === undefined || path === "") return undefined;
  if ((env[variable] ?? "") !== "")
    return { fault: `${variable} and ${named} are both set. Keep one of them.` };
  let bytes: Buffer;
  try {
    bytes = await readStart(path);
  } catch (error) {
    return { fault: `The file that ${named} names cannot be read: ${codeOf(error)}.` };
  }
  if (bytes.length > MOST_BYTES) return { fault: `The file that ${named} names has more than 64 KiB.` };
  const lines = bytes
    .toString()
    .replace(/\r?\n$/, "")
    .split(/\r?\n/);
  if (lines.every((line) => line.trim() === "")) return { fault: `The file that ${named} names is empty.` };
  if (lists) return { text: lines.join(",") };
  return lines.length === 1
    ? { text: lines[0]! }
    : { fault: `The file that ${named} names has ${lines.length} lines. Write one secret and nothing else.` };
}

/** Returns the variable that names the file of a secret: `RUMKIT_METRICS_TOKEN_FILE`. */
export function fileVariable(variable: string): string {
  return `${variable}_FILE`;
}

/** Reads up to the maximum size of a file, and one byte more to detect a larger one. */
async function readStart(path: string): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of createReadStream(path, { end: MOST_BYTES })) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}

/** Returns the system's error code and not its message, which contains the path. */
function codeOf(error: unknown): string {
  return (error as NodeJS.ErrnoException).code ?? "no reason is known";
}
