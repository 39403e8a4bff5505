import type { SourceContext } from "../contract/source.ts";
import { describeError } from "./describeError.ts";

/** Makes events of errors: of each object once. */
export const createErrorCall = (record: (event: object) => void): SourceContext["trackError"] => {
  const seenErrors = new WeakSet();
  return (error, { source = "handled", componentStack = "" } = {}) => {
    if (seenErrors.has(error as object)) return;
    if (Object(error) === error) seenErrors.add(error as object);
    record({
      type: "error",
      source,
      name: describeError(error, "name", "") || "Error",
      message: describeError(error, "message", error),
      // React's component stack begins with a new line.
      stack: describeError(error, "stack", "") + describeError("", "", componentStack),
    });
  };
};
