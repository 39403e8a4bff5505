import { parseArgs, type ParseArgsConfig } from "node:util";
import { readSecret } from "../base/readSecret.ts";
import { UsageError } from "./command.ts";
import { nearestName } from "@rumkit/server/internal/base";

type Options = NonNullable<ParseArgsConfig["options"]>;

/**
 * Calls Node's `parseArgs`. Replaces its errors by a `UsageError` of one line with a suggestion, because its own
 * messages are long.
 *
 * @param explain Returns the message for an unknown option, or undefined for the default message.
 */
export function parseCommandLine<const T extends Options>(
  args: string[],
  options: T,
  explain?: (name: string) => string | undefined,
): ReturnType<typeof parseArgs<{ args: string[]; allowPositionals: true; allowNegative: true; options: T }>> {
  try {
    return parseArgs({ args, allowPositionals: true, allowNegative: true, options });
  } catch (error) {
    throw new UsageError(`[rumkit] ${describe(error, options, explain)}`);
  }
}

/**
 * Translates an error of Node by its code ("Node.js error codes" in its documentation). Each of its messages quotes
 * the option.
 */
function describe(error: unknown, options: Options, explain?: (name: string) => string | undefined): string {
  const { code, message } = error as NodeJS.ErrnoException;
  const [, option = ""] = /'(-{1,2}[^\s',]*)/.exec(message ?? "") ?? [];
  const name = option.replace(/^-+(?:no-)?/, "");
  if (code === "ERR_PARSE_ARGS_UNKNOWN_OPTION") {
    const explained = explain?.(name);
    if (explained !== undefined) return explained;
    const meant = nearestName(name, [...Object.keys(options), "help"]);
    return `Unknown option ${option}.${meant === undefined ? "" : ` Did you mean --${meant}?`}`;
  }
  if (code !== "ERR_PARSE_ARGS_INVALID_OPTION_VALUE") return message ?? String(error);
  return options[name]?.type === "boolean"
    ? `${option} takes no value.`
    : `${option} needs a value. Write ${option}=<value> if the value starts with "-".`;
}

/** Returns the catalog file of a command line. Throws a `UsageError` for none or several files. */
export function oneCatalog(files: readonly string[], command: string): string {
  const [catalog, ...rest] = files;
  if (catalog === undefined)
    throw new UsageError(`[rumkit] Missing catalog file, e.g. rumkit ${command} catalog.ts.`);
  if (rest.length > 0) throw new UsageError(`[rumkit] Expected one catalog file, got: ${files.join(", ")}.`);
  return catalog;
}

/**
 * Throws a `UsageError` if a command that accepts only options gets an argument.
 *
 * @param urlFlag The option for a URL, which the message suggests if the argument is a URL.
 */
export function refuseArguments([argument]: readonly string[], urlFlag: string): void {
  if (argument === undefined) return;
  const shown = urlWithoutSecrets(argument).slice(0, 100);
  const advice = /^https?:/i.test(argument) ? ` Did you mean ${urlFlag} ${shown}?` : "";
  throw new UsageError(`[rumkit] Unknown argument "${shown}".${advice}`);
}

/** Reads the http or https URL of a flag. Throws a `UsageError` for any other text, without the secrets in it. */
export function readUrl(flag: string, text: string): URL {
  const url = URL.parse(text);
  if (!url || !["http:", "https:"].includes(url.protocol))
    throw new UsageError(
      `[rumkit] ${flag} must start with http:// or https:// (got "${urlWithoutSecrets(text)}").`,
    );
  return url;
}

/**
 * Returns the address of a collector, with the path where it is mounted, without a slash at its end. People copy the
 * address of the live page, or of its stream.
 */
export function collectorOf({ origin, pathname }: URL, livePath: string): string {
  const path = pathname.replace(/\/+$/, "");
  const page = path.endsWith(`${livePath}/metrics`) ? path.slice(0, -"/metrics".length) : path;
  return origin + (page.endsWith(livePath) ? page.slice(0, -livePath.length) : path);
}

/** Returns a URL, valid or not, without user name and password, so that it can be printed. */
export function urlWithoutSecrets(url: string): string {
  return url.replace(/^((?:[a-z][a-z\d+.-]*:)?\/\/)?[^/?#]*@/i, "$1***@");
}

/**
 * Returns the token in the environment, or in the file that the environment names; an empty string without one. Throws
 * a `UsageError`.
 */
export async function readToken(env: NodeJS.ProcessEnv): Promise<string> {
  const read = await readSecret(env, "RUMKIT_TOKEN");
  if (read && "fault" in read) throw new UsageError(`[rumkit] ${read.fault}`);
  return read?.text ?? env["RUMKIT_TOKEN"] ?? "";
}

/** Returns the token of `--token-file`. Throws a `UsageError`, without the content of the file. */
export async function readTokenFile(path: string): Promise<string> {
  if (path === "") throw new UsageError("[rumkit] --token-file needs the name of a file.");
  const read = await readSecret({ RUMKIT_TOKEN_FILE: path }, "RUMKIT_TOKEN");
  if (read && "text" in read) return read.text;
  throw new UsageError(`[rumkit] ${read!.fault.replace("that RUMKIT_TOKEN_FILE names", "of --token-file")}`);
}
