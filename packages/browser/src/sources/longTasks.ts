import { LONG_TASK_STEP_MS } from "../base/limits.ts";
import type { Source } from "../contract/source.ts";
import { type AnimationFrame, partyOf } from "./scriptParty.ts";
import { entrySource } from "./observeEntries.ts";

/** Reports each animation frame over 50 ms, or each task over 50 ms in browsers without such entries. */
export const longTasks = (): Source =>
  entrySource(
    () =>
      // The names are sorted, so frames come before tasks.
      // oxlint-disable-next-line unicorn/prefer-string-starts-ends-with -- Shorter.
      PerformanceObserver.supportedEntryTypes.find((type) => /^long/.test(type))!,
    (page, entry: AnimationFrame) => {
      const value = Math.round(entry.duration / LONG_TASK_STEP_MS) / (1000 / LONG_TASK_STEP_MS);
      page.record({ type: "long_task", value, party: partyOf(entry)! });
    },
  );
