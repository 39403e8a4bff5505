import { describe, expect, test } from "vitest";
import { createMuteTime, isTimeZone, WEEKDAYS } from "./muteTimes.ts";
import type { MuteTime } from "./noticeOptions.ts";

const HOUR = 3_600_000;
const MINUTE = 60_000;

/** Minutes of a span of time in which it mutes, as `HH:MM` in UTC of each beginning and end. */
function mutedIn(time: MuteTime, from: string, hours: number): string[] {
  const mutes = createMuteTime(time);
  const start = Date.parse(from);
  const edges: string[] = [];
  let before = false;
  for (let at = start; at <= start + hours * HOUR; at += MINUTE) {
    if (mutes(at) === before) continue;
    before = !before;
    edges.push(new Date(at).toISOString().slice(11, 16));
  }
  return edges;
}

test("it lasts from its first to before its last minute, on the clock of the zone", () => {
  const time: MuteTime = { zone: "Europe/Berlin", from: "09:00", to: "17:30" };
  expect(mutedIn(time, "2026-11-27T00:00Z", 24)).toEqual(["08:00", "16:30"]);
  expect(mutedIn(time, "2026-07-27T00:00Z", 24)).toEqual(["07:00", "15:30"]);
});

test("over midnight it belongs to the day on which it begins", () => {
  const time: MuteTime = { zone: "UTC", days: ["fri"], from: "22:00", to: "06:00" };
  // 2026-11-27 is a Friday.
  expect(mutedIn(time, "2026-11-27T00:00Z", 72)).toEqual(["22:00", "06:00"]);
  const mutes = createMuteTime(time);
  expect(mutes(Date.parse("2026-11-28T05:59Z"))).toBe(true);
  expect(mutes(Date.parse("2026-11-27T05:59Z"))).toBe(false);
  expect(mutes(Date.parse("2026-11-28T22:30Z"))).toBe(false);
});

test("the last day of a week goes on in the next one", () => {
  const mutes = createMuteTime({ zone: "UTC", days: ["sun"], from: "23:00", to: "01:00" });
  expect(mutes(Date.parse("2026-11-30T00:30Z"))).toBe(true);
  expect(mutes(Date.parse("2026-11-29T00:30Z"))).toBe(false);
});

test("a whole day is from 00:00 to 24:00", () => {
  const time: MuteTime = { zone: "Asia/Kolkata", days: ["sat"], from: "00:00", to: "24:00" };
  // Half an hour beside the others: 18:30 UTC is midnight there.
  expect(mutedIn(time, "2026-11-27T00:00Z", 72)).toEqual(["18:30", "18:30"]);
});

describe("when clocks go forward", () => {
  // Berlin, 2026-03-29: 02:00 to 03:00 is never shown; 01:00 UTC is 03:00.
  test.each<[name: string, time: Omit<MuteTime, "zone">, edges: string[]]>([
    ["a time that is never shown mutes nothing", { from: "02:15", to: "02:45" }, []],
    ["one that begins in the gap begins after it", { from: "02:30", to: "04:00" }, ["01:00", "02:00"]],
    ["one that ends in the gap ends before it", { from: "01:00", to: "02:30" }, ["00:00", "01:00"]],
    ["one around the gap is an hour shorter", { from: "01:00", to: "04:00" }, ["00:00", "02:00"]],
  ])("in Berlin %s", (_name, time, edges) => {
    expect(mutedIn({ zone: "Europe/Berlin", ...time }, "2026-03-28T23:30Z", 6)).toEqual(edges);
  });

  test("New York, 2026-03-08", () => {
    expect(mutedIn({ zone: "America/New_York", from: "02:30", to: "03:30" }, "2026-03-08T04:00Z", 6)).toEqual(
      ["07:00", "07:30"],
    );
  });

  test("Lord Howe by half an hour, 2026-10-04", () => {
    // 02:00 to 02:30 is never shown; 15:30 UTC of the day before is 02:30.
    const zone = "Australia/Lord_Howe";
    expect(mutedIn({ zone, from: "02:05", to: "02:25" }, "2026-10-03T13:00Z", 5)).toEqual([]);
    expect(mutedIn({ zone, from: "01:30", to: "03:00" }, "2026-10-03T13:00Z", 5)).toEqual(["15:00", "16:00"]);
  });
});

describe("when clocks go back", () => {
  // Berlin, 2026-10-25: 02:00 to 03:00 is shown twice, from 00:00 and from 01:00 UTC.
  test.each<[name: string, time: Omit<MuteTime, "zone">, edges: string[]]>([
    [
      "a time that is shown twice is muted twice",
      { from: "02:15", to: "02:45" },
      ["00:15", "00:45", "01:15", "01:45"],
    ],
    ["one that ends in it ends twice", { from: "01:00", to: "02:30" }, ["23:00", "00:30", "01:00", "01:30"]],
    ["one around it is an hour longer", { from: "01:00", to: "04:00" }, ["23:00", "03:00"]],
    ["a night is an hour longer", { from: "22:00", to: "06:00" }, ["20:00", "05:00"]],
  ])("in Berlin %s", (_name, time, edges) => {
    expect(mutedIn({ zone: "Europe/Berlin", ...time }, "2026-10-24T19:30Z", 12)).toEqual(edges);
  });

  test("Lord Howe by half an hour, 2026-04-05", () => {
    // 01:30 to 02:00 is shown twice, from 14:30 and from 15:00 UTC.
    const zone = "Australia/Lord_Howe";
    expect(mutedIn({ zone, from: "01:40", to: "01:50" }, "2026-04-04T13:00Z", 4)).toEqual([
      "14:40",
      "14:50",
      "15:10",
      "15:20",
    ]);
  });

  test("in São Paulo's last year with a change, midnight itself was shown twice", () => {
    // 2019-02-17 00:00 became 23:00 of the 16th, a Saturday.
    const time: MuteTime = { zone: "America/Sao_Paulo", days: ["sat"], from: "23:00", to: "24:00" };
    expect(mutedIn(time, "2019-02-16T23:00Z", 6)).toEqual(["01:00", "03:00"]);
  });
});

test("zones with quarter hours, and a day that a zone left out", () => {
  expect(mutedIn({ zone: "Asia/Kathmandu", from: "10:00", to: "11:00" }, "2026-11-27T00:00Z", 24)).toEqual([
    "04:15",
    "05:15",
  ]);
  // Samoa had no 2011-12-30, a Friday.
  expect(
    mutedIn({ zone: "Pacific/Apia", days: ["fri"], from: "00:00", to: "24:00" }, "2011-12-29T00:00Z", 72),
  ).toEqual([]);
});

test("clocks agree with those of Intl at every change of many zones", () => {
  for (const zone of [
    "Europe/London",
    "America/St_Johns",
    "Africa/Casablanca",
    "Australia/Adelaide",
    "Asia/Tehran",
  ]) {
    const format = new Intl.DateTimeFormat("en-GB", {
      timeZone: zone,
      weekday: "short",
      hour: "2-digit",
      minute: "2-digit",
      hourCycle: "h23",
    });
    for (let at = Date.UTC(2026, 0, 1); at < Date.UTC(2027, 0, 1); at += 7 * HOUR + 13 * MINUTE) {
      const [day = "", clock = ""] = format.format(at).split(/[, ]+/);
      const weekday = WEEKDAYS.find((known) => day.toLowerCase().startsWith(known))!;
      const [hour, minute] = clock.split(":").map(Number) as [number, number];
      const next =
        minute === 59
          ? `${String(hour + 1).padStart(2, "0")}:00`
          : `${clock.slice(0, 3)}${String(minute + 1).padStart(2, "0")}`;
      const mutes = createMuteTime({ zone, days: [weekday], from: clock, to: next });
      expect(mutes(at), `${zone} ${clock}`).toBe(true);
      expect(mutes(at - MINUTE), `${zone} ${clock}`).toBe(false);
    }
  }
});

test.each(["Europe/Berlin", "UTC", "America/Argentina/Buenos_Aires", "Australia/Lord_Howe"])(
  "%s is a zone",
  (zone) => expect(isTimeZone(zone)).toBe(true),
);
test.each(["", "Europe/Berln", "+02:00", "-0300", "Mars/Olympus", "Europe/Berlin ", "../etc/localtime"])(
  "%j is not",
  (zone) => expect(isTimeZone(zone)).toBe(false),
);
