import { type Deployment, type Release, releases } from "../release.ts";

export interface StoryOptions {
  deployment: Deployment;
  /** Prints one line. */
  say: (line: string) => void;
  /** Resolves after so many milliseconds; a rejection ends the story. */
  pause: (milliseconds: number) => Promise<unknown>;
}

interface Step {
  /** Seconds since the story began. */
  readonly at: number;
  readonly says: string;
  /** The release that goes out at this moment. */
  readonly release?: Release;
}

/** The seconds from the rollback to the last line: the window of the objectives, and time for visits to end. */
const RECOVERY_SECONDS = 320;

const ROLLBACK_AT = 90;

/** Each line says what can be seen on the live page at that moment: a test watches a collector through the story. */
const steps: readonly Step[] = [
  {
    at: 0,
    says: "Release 1.5.0 goes out, with reviews on the product page. The chart marks it.",
    release: releases.faulty,
  },
  { at: 20, says: "Product pages are slow, and some fail: a new error is first in the list of errors." },
  { at: 60, says: "Few visitors buy now. The banner names the missed objectives, and 1.5.0 before them." },
  {
    at: ROLLBACK_AT,
    says: "Rollback: 1.5.1 goes out, which is 1.4.0 again.",
    release: releases.rollback,
  },
  {
    at: ROLLBACK_AT + 45,
    says: "Visitors buy again. The banner stays while the slow pages are in its window of 5 minutes.",
  },
  {
    at: ROLLBACK_AT + RECOVERY_SECONDS,
    says: "All objectives are met again, and the banner is gone. End of the story.",
  },
];

/** Plays the story once: a bad release, what it costs, and its rollback. Changes what simulated and real visitors get. */
export async function playStory({ deployment, say, pause }: StoryOptions): Promise<void> {
  let now = 0;
  for (const { at, says, release } of steps) {
    await pause((at - now) * 1_000);
    now = at;
    if (release) deployment.current = release;
    say(`${renderClock(at)}  ${says}`);
  }
}

/** Minutes and seconds since the story began: `1:30`. */
function renderClock(seconds: number): string {
  return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`;
}
