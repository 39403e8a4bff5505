import { defineCatalog, type PageEvent } from "@rumkit/protocol";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import type { Collector } from "./collector.ts";
import { createCollector } from "./createCollector.ts";
import { createMemoryJournal } from "../journal/memoryJournal.ts";
import { createLog } from "../log/createLog.ts";

const SHOP = "https://shop.example";
const CHROME =
  "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 Safari/537.36";
const catalog = defineCatalog({ app: "shop", routes: ["/", "/cart"] });

let lines: string[];
let failing: boolean;
let collector: Collector<typeof catalog>;

beforeEach(() => {
  vi.useFakeTimers({ now: 1_800_000_000_000, toFake: ["Date", "setInterval", "clearInterval"] });
  lines = [];
  failing = false;
  const memory = createMemoryJournal();
  collector = createCollector({
    catalog,
    runtimeMetrics: false,
    release: "1.2.0",
    allowedOrigins: [SHOP],
    // A disk that is full, when the test says so.
    journal: {
      ...memory,
      append: (entry) => (failing ? Promise.reject(new Error("no space left")) : memory.append(entry)),
    },
    log: createLog({ destination: { write: (line: string) => lines.push(line) } }),
  });
});
afterEach(async () => {
  vi.useRealTimers();
  await collector.stop();
});

const parsed = (kind?: string) =>
  lines
    .map((line) => JSON.parse(line) as Record<string, unknown>)
    .filter((line) => kind === undefined || line["kind"] === kind);

let ids = 0;
async function report(events: PageEvent[]): Promise<Response> {
  const answer = await collector.app.request("/collect", {
    method: "POST",
    headers: { origin: SHOP, "user-agent": CHROME, "x-forwarded-for": "203.0.113.9" },
    body: JSON.stringify({
      v: 1,
      id: (ids += 1).toString(16).padStart(32, "0"),
      session: "5a".repeat(16),
      sentAt: 1,
      release: "1.2.0",
      context: { user: "ann@mail.example" },
      events,
    }),
  });
  // Stacks are read a moment later, or as soon as the groups are read.
  await collector.app.request("/api/rumkit/errors");
  return answer;
}

const thrown: PageEvent = {
  type: "error",
  route: "/cart",
  source: "uncaught",
  name: "TypeError",
  message: "no price for ann@mail.example with 4111 1111 1111 1111",
  stack: `TypeError: no price
    at total (https://shop.example/assets/app-3f2a91bc.js?user=ann:2:10451)`,
};

test("an accepted error is a line with its stack, route, release and browser, and nothing that is personal", async () => {
  await report([thrown]);
  expect(parsed("page_error")).toEqual([
    {
      level: "error",
      time: "2027-01-15T08:00:00.000Z",
      kind: "page_error",
      app: "shop",
      fingerprint: expect.stringMatching(/^[\da-f]{12}$/) as string,
      name: "TypeError",
      source: "uncaught",
      route: "/cart",
      release: "1.2.0",
      browser: "chrome",
      times: 1,
      resolved: false,
      stack: "total (/assets/app-3f2a91bc.js:2:10451)",
      msg: "TypeError: no price for [email] with [card]",
    },
  ]);
  expect(lines.join("")).not.toMatch(/ann|4111|203\.0|5a5a|Mozilla|shop\.example/);
});

test("five errors of a fault are written in a minute; how many more there were is a line when it ends", async () => {
  for (let index = 0; index < 8; index += 1) await report([thrown, { ...thrown, name: `Other${index}` }]);
  expect(parsed("page_error").filter(({ name }) => name === "TypeError")).toHaveLength(5);
  expect(parsed("page_error").filter(({ name }) => name !== "TypeError")).toHaveLength(8);
  vi.advanceTimersByTime(60_000);
  const [told] = parsed("errors_suppressed");
  expect(told).toMatchObject({
    suppressed: 3,
    fingerprints: `${String(parsed("page_error")[0]!["fingerprint"])}:3`,
  });
  await report([thrown]);
  expect(parsed("page_error").filter(({ name }) => name === "TypeError")).toHaveLength(6);
});

test("an event other than an error is not logged, and a refused one is logged in development", async () => {
  await report([{ type: "page_view", route: "/" }]);
  await report([{ type: "error" } as PageEvent]);
  expect(parsed().map(({ kind }) => kind)).toEqual(["start", "page_fault"]);
  expect(parsed("page_fault")[0]!["msg"]).toContain('"error"');
});

test("start, drain and stop are lines, each once", async () => {
  collector.drain();
  collector.drain();
  await collector.stop();
  await collector.stop();
  expect(parsed().map(({ kind, level }) => [kind, level])).toEqual([
    ["start", "info"],
    ["drain", "info"],
    ["stop", "info"],
  ]);
});

test("a journal that cannot keep an entry is reported five times a minute", async () => {
  failing = true;
  for (let index = 0; index < 9; index += 1)
    expect((await report([{ type: "page_view", route: "/" }])).status).toBe(503);
  expect(parsed("journal_failed")).toHaveLength(5);
  expect(parsed("journal_failed")[0]).toMatchObject({ level: "error", reason: "no space left" });
});
