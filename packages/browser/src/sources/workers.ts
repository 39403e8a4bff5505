import type { Source } from "../contract/source.ts";

/** Functions that a worker may call by `postMessage`. */
const CALLS = ["trackAction", "trackConversion", "trackFeature", "measure", "trackError"] as const;

type WorkerCall = { readonly rumkit: readonly [name: (typeof CALLS)[number], ...args: never[]] };

/**
 * Counts calls of `createWorkerMetrics` in workers, with the page's route. Uncaught errors of a worker reach the window
 * automatically: `errors` counts them as uncaught.
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
