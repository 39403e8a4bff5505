import { MAX_NAME, MAX_STACK, MAX_TEXT } from "@rumkit/protocol";

/** The query and hash of a URL, up to the `:line:column` of a stack frame: both may hold what a user typed. */
const QUERY_OR_HASH = /(\w:\/\/[^\s?#]*)[?#]\S*?(?=(:\d+)*\)?(\s|$))/g;

/** Half of what the contract allows, so that an error with the longest message and route still fits a batch. */
const STACK_UNITS = MAX_STACK / 2;

export interface DescribedError {
  name: string;
  message: string;
  stack?: string;
}

/** Name, message and stack of whatever was thrown, cut to the limits, without the query and hash of URLs. */
export function describeError(error: unknown, componentStack?: unknown): DescribedError {
  const { name, message, stack } = Object(error) as Record<string, unknown>;
  const stacks = [stack, componentStack].filter((part) => typeof part === "string");
  return {
    name: typeof name === "string" && name ? name.slice(0, MAX_NAME) : "Error",
    message: clean(typeof message === "string" ? message : String(error), MAX_TEXT),
    ...(stacks[0] && { stack: clean(stacks.join("\n"), STACK_UNITS) }),
  };
}

function clean(text: string, length: number): string {
  // Cut first: the pattern then never meets more than the limit.
  return text.slice(0, length).replace(QUERY_OR_HASH, "$1");
}
