import { parseArgs, type ParseArgsConfig } from "node:util";
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
    const meant = nearestName(name, Object.keys(options));
    return `Unknown option ${option}.${meant === undefined ? "" : ` Did you mean --${meant}?`}`;
  }
  if (code !== "ERR_PARSE_ARGS_INVALID_OPTION_VALUE") return message ?? String(error);
  return options[name]?.type === "boolean"
    ? `${option} takes no value.`
    : `${option} needs a value. Write ${option}=<value> if the value starts with "-".`;
}
