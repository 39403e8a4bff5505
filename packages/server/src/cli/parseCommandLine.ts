import { parseArgs, type ParseArgsConfig } from "node:util";
import { nearestName } from "../serve/nearestName.ts";
import { UsageError } from "./command.ts";

/** `parseArgs` of Node, with a `UsageError` where it throws: for an unknown flag with the one that is meant. */
export function parseCommandLine<const T extends NonNullable<ParseArgsConfig["options"]>>(
  args: string[],
  options: T,
): ReturnType<typeof parseArgs<{ args: string[]; allowPositionals: true; allowNegative: true; options: T }>> {
  try {
    return parseArgs({ args, allowPositionals: true, allowNegative: true, options });
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    const [, unknown] = /^Unknown option '--([^']+)'/.exec(message) ?? [];
    const meant = unknown === undefined ? undefined : nearestName(unknown, Object.keys(options));
    throw new UsageError(
      meant === undefined ? message : `[rumkit] --${unknown} is unknown. Is --${meant} meant?`,
    );
  }
}
