import type { Source } from "../contract/source.ts";

/** What a worker may call, over `postMessage`. */
const CALLS = ["trackAction", "trackConversion", "trackFeature", "measure", "trackError"] as const;

type WorkerCall = { readonly rumkit: readonly [name: (typeof CALLS)[number], ...args: never[]] };

/**
 * Counts what a worker tracks with `createWorkerMetrics`, under the page's route. An error that nobody catches in a
 * worker reaches the window by itself: `errors` counts it as uncaught.
 */
export const workers =
  (...all: readonly Worker[]): Source =>
  (page) => {
    const calls = page as unknown as Record<string, (...args: unknown[]) => void>;
    for (const worker of all) {
      page.on(worker, "message", ({ data }: MessageEvent<WorkerCall | undefined>) => {
        const [name, ...args] = data?.rumkit ?? [];
        if (CALLS.includes(name!)) calls[name!]!(...args);
      });
    }
  };
