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
  const queue = new WriteQueue(fd);
  const stop = untilExit(() => writeLast(fd, queue.takeWaiting()));
  let isOpen = true;
  return {
    write: (line) => {
      if (isOpen) queue.add(Buffer.from(line));
    },
    close: async (milliseconds) => {
      isOpen = false;
      await queue.idle(milliseconds);
      queue.takeWaiting();
      stop();
    },
  };
}

/** Chunks that wait to be written, one write at a time. */
class WriteQueue {
  readonly #fd: number;
  #waiting: Buffer[] = [];
  /** Of the chunks that wait, and of the one that is being written. */
  #bytes = 0;
  #isWriting = false;
  #onIdle = (): void => {};

  constructor(fd: number) {
    this.#fd = fd;
  }

  /** Drops the chunk if too much waits. */
  add(chunk: Buffer): void {
    if (this.#bytes + chunk.length > MAX_WAITING) return;
    this.#waiting.push(chunk);
    this.#bytes += chunk.length;
    if (!this.#isWriting) this.#writeNext();
  }

  takeWaiting(): readonly Buffer[] {
    const taken = this.#waiting;
    this.#waiting = [];
    this.#bytes = 0;
    return taken;
  }

  /** Resolves when everything is written, or after so many milliseconds. */
  async idle(milliseconds: number): Promise<void> {
    if (!this.#isWriting) return;
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, milliseconds);
      this.#onIdle = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }

  #writeNext(): void {
    this.#isWriting = this.#waiting.length > 0;
    if (!this.#isWriting) return this.#onIdle();
    const chunk = Buffer.concat(this.#waiting);
    this.#waiting = [];
    write(this.#fd, chunk, (error, written) => {
      if (isBusy(error)) {
        this.#waiting.unshift(chunk);
        setTimeout(() => this.#writeNext(), RETRY_MS).unref();
        return;
      }
      // The reader is gone, or the disk is full: what could not be written is lost.
      if (error) this.takeWaiting();
      else if (written < chunk.length) this.#waiting.unshift(chunk.subarray(written));
      this.#bytes = Math.max(0, this.#bytes - written);
      this.#writeNext();
    });
  }
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
