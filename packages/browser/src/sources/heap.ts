import type { Source } from "../contract/source.ts";
import { onLeave } from "./onLeave.ts";

/** Bytes. Sizes are rounded up to multiples of it, so that equal events merge. */
const STEP_BYTES = 1024 * 1024;

/** Reports the used JavaScript heap when the page is hidden, if the browser supports it (Chromium). */
export const heap = (): Source => (page) => {
  const { memory } = performance as { memory?: { readonly usedJSHeapSize: number } };
  if (!memory) return;
  onLeave(page, () => {
    const value = Math.ceil(memory.usedJSHeapSize / STEP_BYTES) * STEP_BYTES;
    page.record({ type: "heap", value });
  });
};
