import { MAX_DESCRIBED_ERRORS, MAX_ERROR_KINDS } from "../base/limits.ts";
import type { Source } from "../contract/source.ts";

/**
 * Milliseconds after `beforeunload` in which a request can fail because the user leaves: Firefox and WebKit end requests
 * within 50 ms, and a slow device takes longer. The user may still stay.
 */
const REJECTING_MS = 3_000;

/**
 * Marks errors that are not faults of the app: browser notices, requests that end because the user leaves, errors of
 * browser extensions, and errors whose details the browser hides because the script is from another origin. Keeps message
 * and stack only for the first errors of a kind per page view; further ones are only counted.
 */
export const errorKinds =
  (): Source =>
  ({ hooks, on }) => {
    /** Time of the last start of an exit. */
    let left: number;
    on(window, "beforeunload", () => {
      left = performance.now();
    });
    const kinds = new Map<string, number>();
    hooks.events.push((event) => {
      if (event.type === "page_view") kinds.clear();
      if (event.type !== "error") return;
      const { name, message, stack } = event as Required<typeof event>;
      // Errors of one kind have the same name and stack; their messages can differ.
      const kind = name + (stack.replace(message, "") || message);
      // The first URL of the stack belongs to an extension: Chromium, Firefox, Safari.
      if (/^[^/]*-extension:/.test(kind)) event.source = "extension";
      // The browser's only text for an error in a script from another origin without CORS.
      // oxlint-disable-next-line unicorn/prefer-string-starts-ends-with -- Shorter, beside the others.
      if (/^ErrorScript error/.test(kind)) event.source = "opaque";
      // Matches the error's name, or its message if there is no stack: aborted work (by the platform, axios, TanStack
      // Query), a `ResizeObserver` that continues in the next frame (worded alike in all browsers), and an error that a
      // mail scanner throws in pages that it opens (https://github.com/cefsharp/CefSharp/issues/3632).
      if (/^((Abort|Cancell?ed)Error|Error(ResizeObserver loop|Object Not Found Matching Id))/.test(kind))
        event.source = "notice";
      // Firefox and Safari reject pending requests when the user leaves, as if the network had failed. Such an error
      // has no stack; those of scripts have one.
      // oxlint-disable-next-line unicorn/prefer-string-starts-ends-with -- Shorter, beside the others.
      if (!stack && /^TypeE/.test(name) && left > performance.now() - REJECTING_MS) event.source = "notice";
      const count = kinds.get(kind) ?? (kinds.size >= MAX_ERROR_KINDS ? MAX_DESCRIBED_ERRORS : 0);
      if (count < MAX_DESCRIBED_ERRORS) kinds.set(kind, count + 1);
      else event.message = event.stack = undefined!;
    });
  };
