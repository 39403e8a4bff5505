import type { Moment } from "../alerts/alert.ts";
import type { MuteTime, Weekday } from "./noticeOptions.ts";

export const WEEKDAYS: readonly Weekday[] = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"];

const TIME = /^([01]\d|2[0-3]):([0-5]\d)$/;

/** Minutes since midnight of `HH:MM`; undefined for any other text. `24:00` is the end of a day. */
export function readTimeOfDay(text: string): number | undefined {
  if (text === "24:00") return 1440;
  const [, hours, minutes] = TIME.exec(text) ?? [];
  return hours === undefined ? undefined : Number(hours) * 60 + Number(minutes);
}

/** True for the name of a zone that this Node.js knows. An offset such as `+02:00` has no changes of daylight saving. */
export function isTimeZone(zone: string): boolean {
  if (!/^[a-z]/i.test(zone)) return false;
  try {
    Intl.DateTimeFormat("en", { timeZone: zone });
    return true;
  } catch {
    return false;
  }
}

/**
 * Returns a test that is true while clocks on a wall in the zone show the time. So when clocks go back, a time that they show
 * twice is muted twice, and when they go forward, a time that they skip is muted on that day as far as they show it.
 */
export function createMuteTime({ zone, days, from, to }: MuteTime): (at: Moment) => boolean {
  const wall = createWallClock(zone);
  const begins = readTimeOfDay(from)!;
  const ends = readTimeOfDay(to)!;
  const isOn = (day: number): boolean => days === undefined || days.includes(WEEKDAYS[day]!);
  return (at) => {
    const { day, minute } = wall(at);
    if (begins < ends) return isOn(day) && minute >= begins && minute < ends;
    // Over midnight: the rest of a time that began yesterday, or the beginning of one that ends tomorrow.
    return (minute >= begins && isOn(day)) || (minute < ends && isOn((day + 6) % 7));
  };
}

/** The time that a clock on a wall shows. */
interface WallTime {
  /** 0 for Monday. */
  readonly day: number;
  /** Minutes since it showed 00:00, from 0 to 1439. */
  readonly minute: number;
}

/** Remembers the last minute, because a second has many alerts. All changes of zones since 1970 are at whole minutes. */
function createWallClock(zone: string): (at: Moment) => WallTime {
  const format = new Intl.DateTimeFormat("en-US", {
    timeZone: zone,
    weekday: "short",
    hour: "2-digit",
    minute: "2-digit",
    hourCycle: "h23",
  });
  let known = -1;
  let time: WallTime = { day: 0, minute: 0 };
  return (at) => {
    const minute = Math.floor(at / 60_000);
    if (minute === known) return time;
    const parts = Object.fromEntries(format.formatToParts(at).map(({ type, value }) => [type, value]));
    time = {
      day: WEEKDAYS.indexOf(parts["weekday"]!.toLowerCase() as Weekday),
      minute: Number(parts["hour"]) * 60 + Number(parts["minute"]),
    };
    known = minute;
    return time;
  };
}
