import { MAX_DESCRIBED_ERRORS, MAX_ERROR_KINDS } from "../limits.ts";
import type { Source } from "../source.ts";

/** The first address of the stack is an extension's: Chromium, Firefox, Safari. */
const EXTENSION = /^[^/]*-extension:/;

/** All that the browser says of an error in a script of another origin without CORS. */
const OPAQUE = /^ErrorScript error/;

/**
 * No fault of the app, by the error's name, or by its message where it has no stack: what was aborted (by the platform,
 * axios, TanStack Query), and a `ResizeObserver` that goes on in the next frame (all browsers word it alike).
 */
const NOTICE = /^((Abort|Cancell?ed)Error|ErrorResizeObserver loop)/;

/**
 * Tells what is no fault of the app from errors, whoever reports it: notices of the browser, errors of browser
 * extensions, and errors that a script of another origin hides. And describes only the first errors of a kind in a view:
 * more are counted.
 */
export function errorKinds(): Source {
  return ({ hooks }) => {
    const kinds = new Map<string, number>();
    hooks.events.push((event) => {
      if (event.type === "page_view") kinds.clear();
      if (event.type !== "error") return;
      const { name, message, stack } = event as Required<typeof event>;
      // By where it was thrown, whatever the message says.
      const kind = name + (stack.replace(message, "") || message);
      if (EXTENSION.test(kind)) event.source = "extension";
      if (OPAQUE.test(kind)) event.source = "opaque";
      if (NOTICE.test(kind)) event.source = "notice";
      const count = kinds.get(kind) ?? (kinds.size >= MAX_ERROR_KINDS ? MAX_DESCRIBED_ERRORS : 0);
      if (count < MAX_DESCRIBED_ERRORS) kinds.set(kind, count + 1);
      else event.message = event.stack = undefined!;
    });
  };
}
