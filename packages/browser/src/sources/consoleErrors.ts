import type { Source } from "../contract/source.ts";
import { patch } from "./patch.ts";

/** Counts what the app writes with `console.error`, which is patched: not part of the default set. */
export const consoleErrors = (): Source => (page) => {
  const track = page.guard((values: unknown[]) => {
    // Not by `instanceof`: an error may be of another window.
    const error = values.find((value) => (value as Error | undefined)?.stack);
    page.trackError(error ?? values.join(" "), { source: "console" });
  });
  // What writes an error because of one that is counted, as `beforeSend` may, is not counted: it would never end.
  let isTracking = false;
  return patch(console, "error", (original) => (...values) => {
    original(...values);
    if (isTracking) return;
    isTracking = true;
    track(values);
    isTracking = false;
  });
};
