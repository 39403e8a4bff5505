import { walBytes } from "./measureFile.ts";

/** How much of a write-ahead log that keeps its size is in use. */
export interface LogUse {
  /** Notes a group of so many bytes. */
  group(bytes: number): void;
  /** Notes a step of a checkpoint. */
  step(): void;
  /** True when the log should begin anew: so much of it is in use, or it has become longer. */
  isDue(): boolean;
  /** The log begins anew, and its file stays as long as it is. */
  restarted(): void;
}

/** A page of the file with its head in the log. */
const FRAME_BYTES = 4_096 + 24;
/** Pages of a group beside its bytes: the leaf with its row, the page above it, the first page. */
const GROUP_PAGES = 3;
/** Pages that a step of a checkpoint changes, by the most that its 500 totals or 128 groups took. */
const STEP_PAGES = 64;

/**
 * SQLite does not say how far it has come in a log that it writes over. So it is reckoned; where a group took more than
 * that, the file becomes longer, which is seen, and means the same.
 */
export function createLogUse(path: string, most: number): LogUse {
  let used = 0;
  let kept = most;
  return {
    group: (bytes) => {
      used += (Math.ceil(bytes / 4_092) + GROUP_PAGES) * FRAME_BYTES;
    },
    step: () => {
      used += STEP_PAGES * FRAME_BYTES;
    },
    isDue: () => used >= most || walBytes(path) > kept,
    restarted: () => {
      used = 0;
      kept = Math.max(most, walBytes(path));
    },
  };
}
