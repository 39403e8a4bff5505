import { MAX_NAME, MAX_STACK, MAX_TEXT } from "@rumkit/protocol";

/** Query and hash of an address, up to the `:line:column` of a stack frame: both may hold what a user typed. */
const QUERY_OR_HASH = /(\/[^\s?#]*)[?#]\S*?(?=(:\d+)*\)?(\s|$))/g;

/** Half of what the contract allows, so that an error with the longest message and route still fits a batch. */
const STACK_UNITS = MAX_STACK / 2;

export interface DescribedError {
  name: string;
  message: string;
  /** Empty where there is none. */
  stack: string;
}

/** Name, message and stack of whatever was thrown, cut to the limits, without the query and hash of URLs. */
export function describeError(error: unknown, componentStack?: unknown): DescribedError {
  const { name, message, stack } = Object(error) as Record<string, unknown>;
  return {
    // oxlint-disable-next-line typescript/no-base-to-string -- Anything can be thrown; "[object Object]" is a name too.
    name: String(name || "Error").slice(0, MAX_NAME),
    message: clean(String(message ?? error), MAX_TEXT),
    stack: clean([stack, componentStack].filter(Boolean).join("\n"), STACK_UNITS),
  };
}

function clean(text: string, length: number): string {
  // Cut first: the pattern then never meets more than the limit.
  return text.slice(0, length).replace(QUERY_OR_HASH, "$1");
}
