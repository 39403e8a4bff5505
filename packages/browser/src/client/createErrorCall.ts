import { describeError } from "../base/describeError.ts";
import type { SourceContext } from "../contract/source.ts";

/** Creates the function that records errors as events. Each error object is recorded once. */
export const createErrorCall = (record: (event: object) => void): SourceContext["trackError"] => {
  const seenErrors = new WeakSet();
  return (error, { source = "handled", componentStack = "" } = {}) => {
    if (seenErrors.has(error as object)) return;
    // A primitive becomes a new object, which is never seen again.
    seenErrors.add(Object(error) as object);
    record({
      type: "error",
      source,
      name: describeError(error, "name", "") || "Error",
      message: describeError(error, "message", error),
      // React's component stack starts with a line break.
      stack: describeError(error, "stack", "") + describeError("", "", componentStack),
    });
  };
};
