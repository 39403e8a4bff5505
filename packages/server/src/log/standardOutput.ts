import { write, writeSync } from "node:fs";

/** Maximum bytes that wait for a reader. A stalled reader costs lines, not the collector's memory. */
const MAX_WAITING = 1024 * 1024;

/** Milliseconds after which a full pipe is tried again. */
const RETRY_MS = 50;

/** Times that a full pipe is tried again when the process ends: half a second in total. */
const LAST_TRIES = 10;

/** Writes lines in the background, in their order. */
export interface LineOutput {
  /** Drops the line if too much waits. Never throws. */
  write(line: string): void;
  /** Resolves when every line is written, or after so many milliseconds. Later lines are dropped. */
  close(milliseconds: number): Promise<void>;
}

/**
 * Opens the standard output for lines. `process.stdout` is not used: on a pipe it blocks the process while its reader
 * reads nothing (Node.js, "A note on process I/O").
 *
 * @param fd The file descriptor. Default 1.
 */
export function openStandardOutput(fd = 1): LineOutput {
  let waiting: Buffer[] = [];
  let bytes = 0;
  let isWriting = false;
  let isOpen = true;
  let onIdle = (): void => {};

  const drop = (): void => {
    waiting = [];
    bytes = 0;
  };
  const writeWaiting = (): void => {
    isWriting = waiting.length > 0;
    if (!isWriting) return onIdle();
    const chunk = Buffer.concat(waiting);
    waiting = [];
    write(fd, chunk, (error, written) => {
      if (isBusy(error)) {
        waiting.unshift(chunk);
        setTimeout(writeWaiting, RETRY_MS).unref();
        return;
      }
      // The reader is gone, or the disk is full: what could not be written is lost.
      if (error) drop();
      else if (written < chunk.length) waiting.unshift(chunk.subarray(written));
      bytes -= error ? 0 : written;
      writeWaiting();
    });
  };
  const stop = untilExit(() => writeLast(fd, waiting));

  return {
    write: (line) => {
      const chunk = Buffer.from(line);
      if (!isOpen || bytes + chunk.length > MAX_WAITING) return;
      waiting.push(chunk);
      bytes += chunk.length;
      if (!isWriting) writeWaiting();
    },
    close: async (milliseconds) => {
      isOpen = false;
      if (isWriting) {
        await new Promise<void>((resolve) => {
          const timer = setTimeout(resolve, milliseconds);
          onIdle = () => {
            clearTimeout(timer);
            resolve();
          };
        });
      }
      drop();
      stop();
    },
  };
}

function isBusy(error: NodeJS.ErrnoException | null): boolean {
  return error?.code === "EAGAIN" || error?.code === "EBUSY";
}

/** Writes what waits when the process ends without `close`, after an error for example. Gives up on a reader that stalls. */
function writeLast(fd: number, waiting: readonly Buffer[]): void {
  let left = Buffer.concat(waiting);
  for (let tries = 0; left.length > 0 && tries <= LAST_TRIES;) {
    try {
      left = left.subarray(writeSync(fd, left));
    } catch (error) {
      if (!isBusy(error as NodeJS.ErrnoException)) return;
      tries += 1;
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, RETRY_MS);
    }
  }
}

/** Calls of outputs that are open when the process ends: one listener for all of them. */
const lasts = new Set<() => void>();

/** Calls `last` when the process ends. Returns a function that cancels it. */
function untilExit(last: () => void): () => void {
  if (lasts.size === 0) process.on("exit", runLasts);
  lasts.add(last);
  return () => {
    lasts.delete(last);
    if (lasts.size === 0) process.off("exit", runLasts);
  };
}

function runLasts(): void {
  for (const last of lasts) last();
}
