/** First delay in ms: a restarting collector is back in about a second. */
const SHORTEST_WAIT = 1_000;

/** Longest delay in ms: a page shows data within some seconds of the collector's return. */
const LONGEST_WAIT = 4_000;

/** Random extra delay of up to a quarter, so that the viewers of a restarted collector do not return at once. */
const JITTER = 0.25;

/**
 * Milliseconds of silence after which the connection counts as dead (a sleeping laptop, a dropped NAT entry): the
 * collector sends at least one frame per second. TCP alone would wait for minutes.
 */
const SILENCE = 15_000;

interface AttemptsOptions {
  /** Opens the stream. */
  readonly open: () => void;
  /** Called when the stream was silent for too long. */
  readonly onSilent: () => void;
}

/** When to open a stream again: each failure in a row makes the wait longer, up to a limit. */
export function createAttempts({ open, onSilent }: AttemptsOptions) {
  const timer = createTimer();
  let abort = new AbortController();
  let failures = 0;
  let isWaiting = false;

  const end = () => {
    timer.stop();
    isWaiting = false;
    abort.abort();
  };
  return {
    /** Begins an attempt, and returns the signal of its end. */
    begin: () => {
      end();
      abort = new AbortController();
      timer.start(SILENCE, onSilent);
      return abort.signal;
    },
    /** Notes that the stream has sent something. */
    succeed: () => {
      failures = 0;
      timer.start(SILENCE, onSilent);
    },
    /** Ends the attempt, and opens the stream after a wait. Returns its end, in ms since 1970. */
    later: () => {
      end();
      const delay = waitAfter(failures++);
      isWaiting = true;
      timer.start(delay, open);
      return Date.now() + delay;
    },
    /** Ends the attempt, or the wait for the next one. */
    end,
    /** Ends the wait, if there is one. */
    now: () => {
      if (isWaiting) open();
    },
  };
}

function createTimer() {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const stop = () => clearTimeout(timer);
  return {
    stop,
    start: (ms: number, next: () => void) => {
      stop();
      timer = setTimeout(next, ms);
    },
  };
}

function waitAfter(failures: number): number {
  const wait = Math.min(LONGEST_WAIT, SHORTEST_WAIT * 2 ** failures);
  return wait * (1 + JITTER * Math.random());
}
