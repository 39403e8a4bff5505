const MINUTE = 60_000;
const DAY = 86_400_000;

/** The days of a time zone, which may have daylight saving time. All times are milliseconds since 1970. */
export interface Calendar {
  /** Returns the first moment of the day. */
  dayStart(at: number): number;
  /** Returns the same time of day `days` earlier. A time that the clocks skipped is an hour later. */
  daysBefore(at: number, days: number): number;
}

/** @param timeZone A name of the IANA database. Default the zone of the process. */
export function createCalendar(timeZone?: string): Calendar {
  const offsetAt = createOffsets(timeZone);
  let today = { start: 0, end: 0 };

  /** Converts a local time to milliseconds since 1970. A local time is given in milliseconds as if it were UTC. */
  const momentOf = (local: number): number => {
    // Clocks differ from UTC by less than a day: these moments lie before and after.
    const moments = [offsetAt(local - DAY), offsetAt(local + DAY)].map((offset) => local - offset);
    const real = moments.filter((moment) => moment + offsetAt(moment) === local);
    // A local time that occurs twice means the first; one that is skipped means the moment of the change.
    return real.length > 0 ? Math.min(...real) : Math.max(...moments);
  };

  return {
    dayStart: (at) => {
      if (at < today.start || at >= today.end) {
        const midnight = Math.floor((at + offsetAt(at)) / DAY) * DAY;
        today = { start: momentOf(midnight), end: momentOf(midnight + DAY) };
      }
      return today.start;
    },
    daysBefore: (at, days) => momentOf(at + offsetAt(at) - days * DAY),
  };
}

/** Returns a function for the milliseconds by which clocks are ahead of UTC at a moment. */
function createOffsets(timeZone: string | undefined): (at: number) => number {
  // Dates know the zone of the process. A formatter takes 15 ms to make, with which each collector would start.
  if (timeZone === undefined) return (at) => -new Date(at).getTimezoneOffset() * MINUTE;
  const format = new Intl.DateTimeFormat("en-US", {
    timeZone,
    hourCycle: "h23",
    year: "numeric",
    month: "numeric",
    day: "numeric",
    hour: "numeric",
    minute: "numeric",
    second: "numeric",
  });
  return (at) => {
    const parts = new Map(format.formatToParts(at).map(({ type, value }) => [type, Number(value)]));
    const part = (type: Intl.DateTimeFormatPartTypes): number => parts.get(type) ?? 0;
    const shown = Date.UTC(
      part("year"),
      part("month") - 1,
      part("day"),
      part("hour"),
      part("minute"),
      part("second"),
    );
    return shown - Math.floor(at / 1000) * 1000;
  };
}

/** Seconds by which the steady clock and the system clock may differ before minutes follow the system clock again. */
const MAX_DRIFT = 2;

/** Maps minutes of the system clock to seconds of the steady clock. */
export function createMinuteClock(wallNow: () => number, steadyNow: () => number) {
  const readOffset = (): number => Math.round((wallNow() - steadyNow()) / 1000);
  let offset = readOffset();
  const minuteNow = (): number => Math.floor((Math.floor(steadyNow() / 1000) + offset) / 60);
  let open = minuteNow();
  return {
    /** The current minute. */
    get open() {
      return open;
    },
    /** Calls `close` for the minute that ended, with its last steady second. Returns false if none did. */
    advance: (close: (minute: number, to: number) => void): boolean => {
      const read = readOffset();
      if (Math.abs(read - offset) > MAX_DRIFT) {
        // The clock was set, or the machine slept. Everything that was counted so far belongs to the open minute.
        close(open, Math.floor(steadyNow() / 1000) - 1);
        offset = read;
        open = minuteNow();
        return true;
      }
      const now = minuteNow();
      if (now === open) return false;
      close(open, now * 60 - offset - 1);
      open = now;
      return true;
    },
  };
}
