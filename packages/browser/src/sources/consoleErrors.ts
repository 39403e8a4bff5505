import type { Source } from "../source.ts";
import { patch } from "./patch.ts";

/** Counts what the app writes with `console.error`, which is patched: not part of the default set. */
export function consoleErrors(): Source {
  return (page) => {
    const track = page.guard((values: unknown[]) => {
      const error = values.find((value) => value instanceof Error);
      page.trackError(error ?? values.map(String).join(" "), { source: "console" });
    });
    return patch(console, "error", (original) => (...values) => {
      original(...values);
      track(values);
    });
  };
}
