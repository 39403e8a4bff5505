import type { PageEvent } from "@rumkit/protocol";
import type { Random } from "./random.ts";

/** An event of a page, and its time in milliseconds since the visit began. */
export interface TimedEvent {
  readonly atMs: number;
  readonly event: PageEvent;
}

/** The events of a visit while they are written down. */
export interface Diary {
  readonly random: Random;
  readonly events: readonly TimedEvent[];
  /** The path of the page that is shown. */
  readonly path: () => string;
  /** Lets the visitor think: 0.4 to 1.6 times the think time. */
  think(): void;
  note(...events: readonly PageEvent[]): void;
  /** Shows another page, and notes how long the one before was visible. */
  open(path: string): void;
  /** Closes the last page. */
  close(): void;
}

/** Most seconds that a view is said to be visible: more than people look at one page. */
const LONGEST_VIEW_S = 600;

export function createDiary(random: Random, thinkMs: number): Diary {
  const events: TimedEvent[] = [];
  let atMs = 0;
  let path = "/";
  let since: number | undefined;

  const note = (...noted: readonly PageEvent[]): void => {
    for (const event of noted) events.push({ atMs, event });
  };
  const close = (): void => {
    if (since === undefined) return;
    const value = Math.min(Math.max((atMs - since) / 1000, 0.05), LONGEST_VIEW_S);
    note({ type: "visible", route: path, value: round(value) });
    since = undefined;
  };
  return {
    random,
    events,
    path: () => path,
    think: () => {
      atMs += Math.round(random.between(0.4, 1.6) * thinkMs);
    },
    note,
    open: (opened) => {
      close();
      path = opened;
      since = atMs;
    },
    close,
  };
}

/** To a tenth of a millisecond. */
export function round(value: number): number {
  return Math.round(value * 1e4) / 1e4;
}
