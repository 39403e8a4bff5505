import type { Source } from "../contract/source.ts";
import { onLeave } from "./onLeave.ts";

/** Bytes: sizes are rounded to it, so that they merge. */
const STEP_BYTES = 1024 * 1024;

/** Reports the JavaScript heap in use when the page is hidden, where the browser tells (Chromium). */
export const heap = (): Source => (page) => {
  const { memory } = performance as { memory?: { readonly usedJSHeapSize: number } };
  if (!memory) return;
  onLeave(page, () => {
    const value = Math.ceil(memory.usedJSHeapSize / STEP_BYTES) * STEP_BYTES;
    page.record({ type: "heap", value });
  });
};
