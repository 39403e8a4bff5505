import { describeError } from "../base/describeError.ts";
import type { Source } from "../contract/source.ts";
import { patch } from "./patch.ts";

/** Counts calls of `console.error`. Patches that function, so it is not part of the default set. */
export const consoleErrors = (): Source => (page) => {
  const track = page.guard((values: unknown[]) => {
    // Not `instanceof`, because an error can come from another window.
    const error = values.find((value) => describeError(value, "stack", ""));
    page.trackError(error ?? values.map((value) => describeError("", "", value)).join(" "), {
      source: "console",
    });
  });
  // An error logged while one is being counted, for example by `beforeSend`, is not counted: it would recurse forever.
  let isTracking = false;
  return patch(console, "error", (original) => (...values) => {
    original(...values);
    if (isTracking) return;
    isTracking = true;
    track(values);
    isTracking = false;
  });
};
