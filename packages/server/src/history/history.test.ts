import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { defineCatalog, type LiveHistory, type LiveSnapshot } from "@rumkit/protocol";
import { describe, expect, onTestFinished, test, vi } from "vitest";
import { createCollector } from "../collector/createCollector.ts";
import { openSqliteJournal } from "../journal/sqliteJournal.ts";
import type { KeptRows } from "../journal/rowFile.ts";
import { createCalendar } from "./calendar.ts";
import type { Column } from "./column.ts";
import { createComparisons } from "./comparisons.ts";
import { createHistory } from "./history.ts";
import { readColumn } from "./readHistory.ts";

const MINUTE = 60_000;
const DAY = 24 * 60 * MINUTE;

/** A process with a history of one sum, and the rows that outlive it. */
function startProcess(
  clock: { now: number },
  rows = new Map<number, Uint8Array>(),
  zone = "Europe/Berlin",
  before = 0,
) {
  const store: Pick<KeptRows, "rows" | "keep"> = {
    rows: new Map(rows),
    keep: (changed, oldest) => {
      for (const [key, bytes] of changed) rows.set(key, bytes);
      for (const key of rows.keys()) if (key > 0 && key < oldest) rows.delete(key);
    },
  };
  const calendar = createCalendar(zone);
  const now = (): number => clock.now;
  const history = createHistory({ wallNow: now, steadyNow: now, calendar, store });
  const seconds = new Map<number, number>();
  let total = before;
  const column: Column = {
    name: "orders",
    unit: "count",
    merge: "sum",
    between: (from, to) => {
      let sum = 0;
      for (const [second, count] of seconds) if (second >= from && second <= to) sum += count;
      return sum;
    },
    total: () => total,
    promql: () => "",
  };
  history.add(column);
  return {
    history,
    rows,
    comparisons: createComparisons(history, calendar),
    count: (times: number): void => {
      const second = Math.floor(clock.now / 1000);
      seconds.set(second, (seconds.get(second) ?? 0) + times);
      total += times;
    },
    /** Counts so many in each minute up to a moment. */
    run: (until: number, each: number): void => {
      while (clock.now < until) {
        const second = Math.floor(clock.now / 1000);
        seconds.clear();
        seconds.set(second, each);
        total += each;
        clock.now += MINUTE;
        history.tick();
      }
    },
    total: () => total,
    values: (from: number, to: number, step = 60) =>
      readColumn(history.minutes, column, { from: from / 1000, to: to / 1000, step }),
  };
}

describe("over a restart", () => {
  const noon = Date.UTC(2027, 0, 15, 12);

  test("the minutes and the day go on where they were, and the time between is a gap", () => {
    const clock = { now: noon };
    const first = startProcess(clock);
    first.count(3);
    clock.now += 90_000;
    first.history.tick();
    first.count(4);
    clock.now += 5_000;
    first.history.close();

    clock.now += 10 * MINUTE;
    const second = startProcess(clock, first.rows, undefined, first.total());
    expect(second.history.today("orders")).toBe(7);
    second.count(5);
    expect(second.history.today("orders")).toBe(12);
    expect(second.history.marks.gaps).toEqual([{ from: noon + 95_000, to: clock.now }]);
    clock.now += MINUTE;
    second.history.tick();
    expect(second.values(noon, noon + 3 * MINUTE)).toEqual([3, 4, null]);
  });

  test("what was counted between the last minute and a kill is in the minute of the kill, to the last count", () => {
    const clock = { now: noon };
    const first = startProcess(clock);
    first.run(noon + 3 * MINUTE, 2);
    clock.now += 40_000;
    first.count(11);
    // Killed: neither the minute nor the end was kept. The counters are in the journal.
    clock.now += MINUTE;
    const second = startProcess(clock, first.rows, undefined, first.total());
    expect(second.history.today("orders")).toBe(17);
    expect(second.values(noon, noon + 4 * MINUTE)).toEqual([2, 2, 2, 11]);
  });

  test("a kill in the first minute, or within the second after a minute ended, loses nothing either", () => {
    const clock = { now: noon };
    const first = startProcess(clock);
    clock.now += 1_000;
    first.history.tick();
    first.count(5);
    clock.now += 20_000;
    const second = startProcess(clock, first.rows, undefined, first.total());
    expect(second.history.today("orders")).toBe(5);
    clock.now = noon + MINUTE + 300;
    second.count(2);
    clock.now += 600;
    // Late: the minute ended, and two orders belong to the next one.
    second.history.tick();
    const third = startProcess(clock, second.rows, undefined, second.total());
    expect(third.history.today("orders")).toBe(7);
  });

  test("rows that cannot be read are left out", () => {
    const rows = new Map([0, 500_000, 494_700].map((key) => [key, new Uint8Array([1, 2, 3])]));
    const { history } = startProcess({ now: noon }, rows);
    expect(history.today("orders")).toBe(0);
    expect(history.marks.releases).toEqual([]);
  });

  test("eight days take about a megabyte in all, for twenty figures", () => {
    const clock = { now: noon };
    const live = startProcess(clock);
    for (let index = 0; index < 20; index += 1) {
      live.history.add({
        name: `figure_number_${index}`,
        unit: "count",
        merge: "sum",
        between: (_from, to) => (to * (index + 7)) % 1_000,
        promql: () => "",
      });
    }
    live.run(noon + 9 * DAY, 1);
    const bytes = [...live.rows.values()].reduce((sum, row) => sum + row.length, 0);
    expect(live.rows.size).toBeLessThanOrEqual(8 * 24 + 3);
    expect(bytes).toBeLessThan(1_048_576);
    expect(live.values(clock.now - 2 * DAY, clock.now, 86_400)).toEqual([1440, 1440]);
  });
});

describe("a clock that is set", () => {
  test("loses no count, forwards and back", () => {
    let offset = 0;
    const clock = { now: Date.UTC(2027, 0, 15, 12) };
    const history = createHistory({
      wallNow: () => clock.now + offset,
      steadyNow: () => clock.now,
      calendar: createCalendar("UTC"),
    });
    const seconds = new Map<number, number>();
    history.add({
      name: "orders",
      unit: "count",
      merge: "sum",
      between: (from, to) =>
        [...seconds].reduce((sum, [at, count]) => (at >= from && at <= to ? sum + count : sum), 0),
      promql: () => "",
    });
    let counted = 0;
    for (const change of [0, 2 * 3_600_000, -2 * 3_600_000, 400, -3 * 3_600_000]) {
      offset += change;
      for (let second = 0; second < 150; second += 1) {
        seconds.set(Math.floor(clock.now / 1000), 1);
        counted += 1;
        clock.now += 1_000;
        history.tick();
      }
    }
    expect(history.today("orders")).toBe(counted);
  });
});

describe("today against the same time yesterday and last week", () => {
  test.each([
    ["of no change", Date.UTC(2027, 0, 15, 10), 24, 24],
    // Clocks in Berlin were set forward on 28 March 2027 at 2:00, so that day has 23 hours.
    ["after clocks were set forward", Date.UTC(2027, 2, 29, 10), 23, 24],
    // And back on 31 October 2027 at 3:00: 25 hours.
    ["after clocks were set back", Date.UTC(2027, 10, 1, 10), 25, 24],
  ])("%s is what the clock on the wall says", (_when, now, hoursOfYesterday) => {
    const clock = { now: now - 7 * DAY - DAY / 2 };
    const live = startProcess(clock);
    live.run(now, 1);
    const calendar = createCalendar("Europe/Berlin");
    const midnight = calendar.dayStart(now);
    const sinceMidnight = (now - midnight) / MINUTE;
    const [comparison] = live.comparisons.of(["orders"]);
    expect(comparison).toMatchObject({
      figure: "orders",
      at: now,
      today: sinceMidnight,
      record: { value: Math.max(hoursOfYesterday, 24) * 60 },
    });
    // The same time of day, in minutes that really passed.
    const yesterday = calendar.daysBefore(midnight, 1);
    expect((midnight - yesterday) / 3_600_000).toBe(hoursOfYesterday);
    expect(comparison?.yesterday).toBe((calendar.daysBefore(now, 1) - yesterday) / MINUTE);
    expect(comparison?.lastWeek).toBe(
      (calendar.daysBefore(now, 7) - calendar.daysBefore(midnight, 7)) / MINUTE,
    );
  });

  test("is null for a day of which more than a tenth was not counted", () => {
    const noon = Date.UTC(2027, 0, 15, 12);
    const clock = { now: noon - DAY - 6 * 60 * MINUTE };
    const first = startProcess(clock, undefined, "UTC");
    first.run(noon - DAY - 3 * 60 * MINUTE, 1);
    first.history.close();
    clock.now = noon - 2 * 60 * MINUTE;
    const second = startProcess(clock, first.rows, "UTC", first.total());
    second.run(noon, 1);
    expect(second.comparisons.of(["orders"])[0]).toMatchObject({
      today: 120,
      yesterday: null,
      lastWeek: null,
    });
  });
});

test("the days of a zone begin when its clocks show midnight, also where that is skipped or comes twice", () => {
  const hours = (zone: string, at: number): number => {
    const calendar = createCalendar(zone);
    const start = calendar.dayStart(at);
    return (calendar.dayStart(start + 26 * 3_600_000) - start) / 3_600_000;
  };
  expect(hours("Europe/Berlin", Date.UTC(2027, 2, 28, 12))).toBe(23);
  expect(hours("Europe/Berlin", Date.UTC(2027, 9, 31, 12))).toBe(25);
  expect(hours("Asia/Kolkata", Date.UTC(2027, 5, 1, 12))).toBe(24);
  // Beirut skips midnight itself: its day begins at 1:00.
  const beirut = createCalendar("Asia/Beirut");
  expect(new Date(beirut.dayStart(Date.UTC(2027, 2, 28, 12))).toISOString()).toBe("2027-03-27T22:00:00.000Z");
  // Havana shows midnight twice.
  const havana = createCalendar("America/Havana");
  expect(new Date(havana.dayStart(Date.UTC(2027, 10, 7, 12))).toISOString()).toBe("2027-11-07T04:00:00.000Z");
});

test("without a zone a calendar has the days of the process", () => {
  const named = createCalendar(Intl.DateTimeFormat().resolvedOptions().timeZone);
  const own = createCalendar();
  for (let at = Date.UTC(2027, 0, 1); at < Date.UTC(2028, 0, 1); at += 7 * 3_600_000) {
    expect(own.dayStart(at)).toBe(named.dayStart(at));
    expect(own.daysBefore(at, 7)).toBe(named.daysBefore(at, 7));
  }
});

describe("a collector with a journal", () => {
  const catalog = defineCatalog({
    app: "shop",
    routes: ["/"],
    conversions: { purchase: { help: "Orders.", from: "server", value: { money: ["USD"] } } },
  });

  test("shows after a restart what it showed before: the day, the minutes, the release, and the gap", async () => {
    vi.useFakeTimers({
      now: 1_800_000_000_000,
      toFake: ["Date", "performance", "setInterval", "clearInterval"],
    });
    onTestFinished(() => void vi.useRealTimers());
    const folder = mkdtempSync(join(tmpdir(), "rumkit-history-"));
    onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
    const open = async (release: string) => {
      const journal = await openSqliteJournal({ path: join(folder, "journal") });
      return createCollector({ catalog, journal, release, runtimeMetrics: false });
    };
    const frameOf = async (app: { request(path: string): Response | Promise<Response> }) => {
      const reader = (await app.request("/realtime/metrics")).body!.getReader();
      let text = "";
      while (!/data: .*\n\n/.test(text)) text += new TextDecoder().decode((await reader.read()).value);
      await reader.cancel();
      return JSON.parse(text.split("data: ")[1]!) as LiveSnapshot;
    };
    const before = await open("1.0.0");
    await before.trackConversion("purchase", { value: 19.99, currency: "USD" });
    vi.advanceTimersByTime(61_000);
    await before.trackConversion("purchase", { value: 5, currency: "USD" });
    await before.stop();

    vi.advanceTimersByTime(300_000);
    const after = await open("1.1.0");
    onTestFinished(() => after.stop());
    await after.trackConversion("purchase", { value: 0.01, currency: "USD" });
    const { figures, numbers, board } = await frameOf(after.app);
    const number = (name: string) => numbers[figures.findIndex((figure) => figure.name === name)];
    expect([number("revenue_today_usd"), number("conversion_purchase_today")]).toEqual([2500, 3]);
    expect(board.releases).toEqual([
      { release: "1.0.0", at: 1_800_000_000_000, source: "server" },
      { release: "1.1.0", at: 1_800_000_361_000, source: "server" },
    ]);
    expect(board.gaps).toEqual([{ from: 1_800_000_061_000, to: 1_800_000_361_000 }]);

    vi.advanceTimersByTime(60_000);
    const query = "metrics=revenue_today_usd,conversion_rate&from=1800000000&to=1800000420&step=60";
    const response = await after.app.request(`/realtime/history?${query}`);
    expect([response.status, response.headers.get("cache-control")]).toEqual([200, "no-store"]);
    const history = (await response.json()) as LiveHistory;
    expect(history).toMatchObject({ from: 1_800_000_000, to: 1_800_000_420, step: 60, source: "collector" });
    expect(history.figures[0]).toEqual({
      name: "revenue_today_usd",
      values: [1999, 500, null, null, null, null, 1],
    });
    expect(history.releases.map(({ release }) => release)).toEqual(["1.0.0", "1.1.0"]);
    expect(history.gaps).toHaveLength(1);
  });

  test("answers a step of hours with the quantile of all observations, in the unit of the figure", async () => {
    vi.useFakeTimers({
      now: 1_800_000_000_000,
      toFake: ["Date", "performance", "setInterval", "clearInterval"],
    });
    onTestFinished(() => void vi.useRealTimers());
    const collector = createCollector({ catalog, runtimeMetrics: false });
    onTestFinished(() => collector.stop());
    const report = async (inp: number, times: number, index: number): Promise<void> => {
      const events = Array.from({ length: times }, () => ({
        type: "INP",
        route: "/",
        navigation: "hard",
        value: inp,
      }));
      const batch = { v: 1, id: String(index).padStart(32, "0"), session: "2".repeat(32), sentAt: 1, events };
      const answer = await collector.app.request("http://shop.example/collect", {
        method: "POST",
        headers: {
          host: "shop.example",
          origin: "http://shop.example",
          "user-agent": "Mozilla/5.0 Firefox/140.0",
        },
        body: JSON.stringify(batch),
      });
      expect(answer.status).toBeLessThan(300);
    };
    // 90 fast interactions in as many minutes, and 40 slow ones in one: the 75th percentile of all is slow.
    for (let minute = 0; minute < 90; minute += 1) {
      await report(0.1, 1, minute);
      if (minute === 80) await report(2, 40, 100);
      vi.advanceTimersByTime(60_000);
    }
    const read = async (query: string) => {
      const response = await collector.app.request(
        `/realtime/history?metrics=inp_p75&from=1800000000&${query}`,
      );
      return ((await response.json()) as LiveHistory).figures[0]!.values;
    };
    const [all] = await read("to=1800005400&step=5400");
    expect(Math.abs(all! / 2_000 - 1)).toBeLessThan(0.0201);
    const halves = await read("to=1800005400&step=2700");
    expect(halves.map((value) => value! > 1_000)).toEqual([false, true]);
  });

  test.each([
    ["metrics=nothing", "metrics"],
    ["", "metrics"],
    [`metrics=${Array.from({ length: 13 }, (_, index) => `a${index}`).join(",")}`, "metrics"],
    ["metrics=errors&step=1", "step"],
    ["metrics=errors&step=90", "step"],
    ["metrics=errors&from=-1", "whole numbers"],
    ["metrics=errors&from=1e3", "whole numbers"],
    ["metrics=errors&from=9&to=8", "from is before to"],
    ["metrics=errors&from=0&to=1000", "two years"],
    ["metrics=errors&to=99999999999", "not after this moment"],
    [`metrics=errors&from=${Math.floor(Date.now() / 1000) - 7 * 86_400}`, "2000 steps"],
  ])("refuses %s", async (query, reason) => {
    const collector = createCollector({ catalog, runtimeMetrics: false });
    onTestFinished(() => collector.stop());
    const response = await collector.app.request(`/realtime/history?${query}`);
    expect(response.status).toBe(400);
    expect(JSON.stringify(await response.json())).toContain(reason);
  });
});
