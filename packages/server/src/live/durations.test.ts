import { defineCatalog, type LiveDurations } from "@rumkit/protocol";
import fc from "fast-check";
import { Hono } from "hono";
import { expect, test } from "vitest";
import { describeMetrics } from "../collector/parts.ts";
import { createCalendar } from "../history/calendar.ts";
import { createHistory } from "../history/history.ts";
import { createRecorder } from "../metrics/recorder.ts";
import { createScrubber } from "../scrub/createScrubber.ts";
import { createLive } from "./createLive.ts";
import { createDurationsRoute } from "./durationsRoute.ts";

const START = 1_700_000_000_000;

function start(http: NonNullable<Parameters<typeof defineCatalog>[0]["http"]> = {}) {
  let now = START;
  const clock = (): number => now;
  const catalog = defineCatalog({ app: "shop", routes: ["/"], http });
  const recorder = createRecorder(describeMetrics(catalog), clock);
  const history = createHistory({ wallNow: clock, steadyNow: clock, calendar: createCalendar("UTC") });
  const { durations } = createLive({
    catalog,
    recorder,
    scrub: createScrubber(),
    history,
    calendar: createCalendar("UTC"),
    now: clock,
  });
  const app = new Hono().get("/realtime/durations", createDurationsRoute({ durations, now: clock }));
  return {
    answered: (route: string, seconds: number): void =>
      recorder.record({
        metric: "http_request_duration_seconds",
        labels: { method: "GET", route },
        value: seconds,
      }),
    recorder,
    at: (second: number): void => {
      now = START + second * 1000;
    },
    ask: async (query = ""): Promise<Response> => app.request(`/realtime/durations${query}`),
    read: async (query = ""): Promise<LiveDurations> =>
      (await (await app.request(`/realtime/durations${query}`)).json()) as LiveDurations,
  };
}

const sum = (numbers: readonly number[]): number => numbers.reduce((total, number) => total + number, 0);

test("quantiles by route are within 1 %, and each answer is in the cell of its time and duration", async () => {
  // Not within 1 % of a limit of the strip.
  const value = fc.constantFrom(0.002, 0.007, 0.018, 0.04, 0.08, 0.2, 0.4, 0.7, 2, 4, 40);
  const answer = fc.record({ second: fc.nat(299), route: fc.constantFrom("/a", "/b", "__proto__"), value });
  await fc.assert(
    fc.asyncProperty(fc.array(answer, { minLength: 1, maxLength: 80 }), async (answers) => {
      const live = start();
      for (const { second, route, value: seconds } of answers.toSorted((a, b) => a.second - b.second)) {
        live.at(second);
        live.answered(route, seconds);
      }
      live.at(299);
      const { tables, heat, from, to, step } = await live.read();
      expect([to - from, to]).toEqual([300, START / 1000 + 300]);
      const [table] = tables;
      expect(table).toMatchObject({ metric: "http_request_duration_seconds", label: "route" });
      for (const { value: route, count, p95 } of table!.rows) {
        const own = answers.filter((one) => one.route === route).map((one) => one.value);
        expect(count).toBe(own.length);
        const exact = own.toSorted((a, b) => a - b)[Math.ceil(0.95 * own.length) - 1]!;
        expect(Math.abs(p95 / exact - 1)).toBeLessThan(0.0101);
      }
      expect(sum(table!.rows.map(({ count }) => count))).toBe(answers.length);
      const { bounds, columns } = heat!;
      const expected = columns.map((column, index) =>
        column.map(
          (_, row) =>
            answers.filter(
              (one) =>
                Math.floor(one.second / step) === index &&
                one.value <= (bounds[row] ?? Infinity) &&
                one.value > (bounds[row - 1] ?? 0),
            ).length,
        ),
      );
      expect(columns).toEqual(expected);
    }),
    { numRuns: 25 },
  );
});

test("the heat strip has one route if the request chooses it, and zeros for one without requests", async () => {
  const live = start();
  live.answered("/a", 0.2);
  live.answered("/b", 0.2);
  const all = async (query: string) => sum((await live.read(query)).heat!.columns.flat());
  expect([
    await all(""),
    await all("?route=/a"),
    await all("?route=/none"),
    await all("?route=__proto__"),
  ]).toEqual([2, 1, 0, 0]);
  expect((await live.read("?route=/a")).heat!.of).toEqual({ label: "route", value: "/a" });
});

test("observations leave with their window, and without any there is no strip", async () => {
  const live = start();
  expect(await live.read()).toMatchObject({ tables: [], heat: null });
  live.answered("/a", 0.2);
  live.at(400);
  expect((await live.read("?window=300")).tables).toEqual([]);
  expect((await live.read("?window=900")).tables[0]!.rows).toMatchObject([{ value: "/a", count: 1 }]);
  live.at(2_000);
  expect((await live.read("?window=900")).tables).toEqual([]);
});

test("the names of the semantic conventions are read as well", async () => {
  const live = start({ names: "opentelemetry" });
  live.recorder.record({
    metric: "http_server_request_duration_seconds",
    labels: {
      http_request_method: "GET",
      url_scheme: "http",
      http_route: "/a",
      http_response_status_code: "200",
      error_type: "",
    },
    value: 0.2,
  });
  expect((await live.read()).tables[0]).toMatchObject({ label: "http_route", rows: [{ value: "/a" }] });
});

test.each([
  "?window=0",
  "?window=305",
  "?window=910",
  "?window=1e2",
  "?window=-10",
  "?route=",
  `?route=${"x".repeat(257)}`,
])("a query that cannot be read is refused: %s", async (query) => {
  const answer = await start().ask(query);
  expect(answer.status).toBe(400);
  expect(await answer.json()).toMatchObject({ error: { code: "bad_query" } });
});
