import type { Source } from "../source.ts";
import { patch } from "./patch.ts";

/** Counts what the app writes with `console.error`, which is patched: not part of the default set. */
export const consoleErrors = (): Source => (page) => {
  const track = page.guard((values: unknown[]) => {
    // Not by `instanceof`: an error may be of another window.
    const error = values.find((value) => (value as Error | undefined)?.stack);
    page.trackError(error ?? values.join(" "), { source: "console" });
  });
  return patch(console, "error", (original) => (...values) => {
    original(...values);
    track(values);
  });
};
