import { unref } from "./delivery.ts";

/**
 * Ends early with the signal. Not the one of Node.js: the client runs in edge runtimes too. `holdsProcess`: the process does
 * not end before.
 */
export function wait(ms: number, signal: AbortSignal, holdsProcess = true): Promise<void> {
  return new Promise((resolve) => {
    const end = (): void => {
      clearTimeout(timeout);
      signal.removeEventListener("abort", end);
      resolve();
    };
    const timeout = setTimeout(end, ms);
    if (!holdsProcess) unref(timeout);
    signal.addEventListener("abort", end);
    if (signal.aborted) end();
  });
}
