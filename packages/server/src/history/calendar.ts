const DAY = 86_400_000;

/** The days of a time zone, whose clocks may be set twice a year. All times are milliseconds since 1970. */
export interface Calendar {
  /** Returns the first moment of the day. */
  dayStart(at: number): number;
  /** Returns the moment with the same time of day, so many days earlier; a time that was skipped is an hour later. */
  daysBefore(at: number, days: number): number;
}

/** @param timeZone A name of the IANA database. Default the zone of the process. */
export function createCalendar(timeZone?: string): Calendar {
  const offsetAt = createOffsets(timeZone);
  let today = { start: 0, end: 0 };

  /** Returns the moment at which clocks show a time. Times without a zone are milliseconds as if it were UTC. */
  const momentOf = (local: number): number => {
    // Clocks differ from UTC by less than a day: these moments lie before and after.
    const moments = [offsetAt(local - DAY), offsetAt(local + DAY)].map((offset) => local - offset);
    const real = moments.filter((moment) => moment + offsetAt(moment) === local);
    // A time that comes twice is the first one; one that is skipped, the moment at which clocks were set.
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
  const format = new Intl.DateTimeFormat("en-US", {
    ...(timeZone !== undefined && { timeZone }),
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
