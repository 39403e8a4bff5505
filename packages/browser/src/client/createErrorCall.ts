import { describeError } from "./describeError.ts";
import type { SourceContext } from "../source.ts";
import { MAX_DESCRIBED_ERRORS, MAX_ERROR_KINDS } from "../limits.ts";

/** Begins to describe each kind of error anew. */
type Forget = () => void;

/** Makes events of errors: each object once, and only the first of a kind with its text. */
export function createErrorCall(record: (event: object) => void): [SourceContext["trackError"], Forget] {
  const kinds = new Map<string, number>();
  const seenErrors = new WeakSet();

  function trackError(
    error: unknown,
    { source = "handled", componentStack = "" }: Parameters<SourceContext["trackError"]>[1] = {},
  ): void {
    if (seenErrors.has(error as object)) return;
    try {
      seenErrors.add(error as object);
    } catch {
      // Only objects can be known again.
    }
    const [name, message, own, outer] = describeError(error, componentStack) as [
      string,
      string,
      string,
      string,
    ];
    // React's begins with a new line.
    const stack = own + outer;
    // By where it was thrown, whatever the message says.
    const kind = name + (stack.replace(message, "") || message);
    const count = kinds.get(kind) ?? (kinds.size >= MAX_ERROR_KINDS ? MAX_DESCRIBED_ERRORS : 0);
    if (count < MAX_DESCRIBED_ERRORS) kinds.set(kind, count + 1);
    record({
      type: "error",
      // The address of a script that a browser extension brought: Chromium, Firefox, Safari.
      source: /-extension:/.test(stack) ? "extension" : source,
      name,
      ...(count < MAX_DESCRIBED_ERRORS && { message, stack }),
    });
  }

  return [trackError, () => kinds.clear()];
}
