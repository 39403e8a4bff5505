import { walBytes } from "./measureFile.ts";

/** Estimates the used part of a write-ahead log that keeps its file size. */
export interface LogUse {
  /** Adds a group of `bytes`. */
  group(bytes: number): void;
  /** Adds a step of a checkpoint. */
  step(): void;
  /** True when the log should restart: enough of it is in use, or its file has grown. */
  isDue(): boolean;
  /** Call it when the log has restarted. Its file keeps its size. */
  restarted(): void;
}

/** A page of the file with its header in the log. */
const FRAME_BYTES = 4_096 + 24;
/** Pages of a group beyond its bytes: the leaf with its row, the page above it, the first page. */
const GROUP_PAGES = 3;
/** Assumed pages that a step of a checkpoint changes: 256 KiB. An estimate, not measured; `isDue` also sees the file grow. */
const STEP_PAGES = 64;

/**
 * SQLite does not report its position in a log that it overwrites, so the position is estimated. If a group takes more
 * than estimated, the file grows, which has the same effect.
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
