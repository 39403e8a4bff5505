import { MAX_DESCRIBED_ERRORS, MAX_ERROR_KINDS } from "../base/limits.ts";
import type { Source } from "../contract/source.ts";

/**
 * Tells what is no fault of the app from errors, whoever reports it: notices of the browser, errors of browser
 * extensions, and errors that a script of another origin hides. And describes only the first errors of a kind in a view:
 * more are counted.
 */
export const errorKinds =
  (): Source =>
  ({ hooks }) => {
    const kinds = new Map<string, number>();
    hooks.events.push((event) => {
      if (event.type === "page_view") kinds.clear();
      if (event.type !== "error") return;
      const { name, message, stack } = event as Required<typeof event>;
      // By where it was thrown, whatever the message says.
      const kind = name + (stack.replace(message, "") || message);
      // The first address of the stack is an extension's: Chromium, Firefox, Safari.
      if (/^[^/]*-extension:/.test(kind)) event.source = "extension";
      // All that the browser says of an error in a script of another origin without CORS.
      // oxlint-disable-next-line unicorn/prefer-string-starts-ends-with -- Shorter, beside the others.
      if (/^ErrorScript error/.test(kind)) event.source = "opaque";
      // By the error's name, or by its message where it has no stack: what was aborted (by the platform, axios, TanStack
      // Query), a `ResizeObserver` that goes on in the next frame (all browsers word it alike), and what a mail scanner
      // throws in pages that it opens (https://github.com/cefsharp/CefSharp/issues/3632).
      if (/^((Abort|Cancell?ed)Error|Error(ResizeObserver loop|Object Not Found Matching Id))/.test(kind))
        event.source = "notice";
      const count = kinds.get(kind) ?? (kinds.size >= MAX_ERROR_KINDS ? MAX_DESCRIBED_ERRORS : 0);
      if (count < MAX_DESCRIBED_ERRORS) kinds.set(kind, count + 1);
      else event.message = event.stack = undefined!;
    });
  };
