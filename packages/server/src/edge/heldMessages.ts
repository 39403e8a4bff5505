import type { SpooledMessage } from "./spoolRecord.ts";

/** Messages that wait in memory at most. */
const MOST_HELD = 1_024;

/** Messages that wait in memory until the spool is empty. */
export interface HeldMessages {
  readonly isHolding: boolean;
  begin(): void;
  /** Returns undefined if too many wait. */
  add(message: SpooledMessage): Promise<void> | undefined;
  /** Passes on all that wait, in their order. */
  end(passOn: (message: SpooledMessage) => Promise<void>): void;
}

export function createHeldMessages(): HeldMessages {
  let isHolding = false;
  let waiting: { message: SpooledMessage; passOn: (kept: Promise<void>) => void }[] = [];
  return {
    get isHolding() {
      return isHolding;
    },
    begin: () => {
      isHolding = true;
    },
    add: (message) => {
      if (waiting.length >= MOST_HELD) return undefined;
      return new Promise((resolve) => waiting.push({ message, passOn: resolve }));
    },
    end: (passOn) => {
      isHolding = false;
      const passed = waiting;
      waiting = [];
      for (const one of passed) one.passOn(passOn(one.message));
    },
  };
}
