import { parseArgs, type ParseArgsConfig } from "node:util";
import { UsageError } from "./command.ts";
import { nearestName } from "@rumkit/server/internal/base";

type Options = NonNullable<ParseArgsConfig["options"]>;

/**
 * `parseArgs` of Node, with a `UsageError` of one line where it throws: its own texts are long, and know no
 * suggestion.
 *
 * @param explain Returns what to say about an option that is not one of ours, undefined for the usual sentence.
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

/** The codes are Node's, documented in "Node.js error codes"; the option stands in quotes in each message. */
function describe(error: unknown, options: Options, explain?: (name: string) => string | undefined): string {
  const { code, message } = error as NodeJS.ErrnoException;
  const [, option = ""] = /'(-{1,2}[^\s',]*)/.exec(message ?? "") ?? [];
  const name = option.replace(/^-+(?:no-)?/, "");
  if (code === "ERR_PARSE_ARGS_UNKNOWN_OPTION") {
    const explained = explain?.(name);
    if (explained !== undefined) return explained;
    const meant = nearestName(name, Object.keys(options));
    return `Unknown option ${option}.${meant === undefined ? "" : ` Did you mean --${meant}?`}`;
  }
  if (code !== "ERR_PARSE_ARGS_INVALID_OPTION_VALUE") return message ?? String(error);
  return options[name]?.type === "boolean"
    ? `${option} takes no value.`
    : `${option} needs a value. Write ${option}=<value> if the value starts with "-".`;
}
