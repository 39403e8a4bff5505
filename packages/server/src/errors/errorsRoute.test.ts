import { createHash } from "node:crypto";
import {
  defineCatalog,
  type ErrorGroups,
  type LiveSnapshot,
  type PageEvent,
  type WireDetails,
} from "@rumkit/protocol";
import { afterEach, beforeEach, expect, test } from "vitest";
import { scrape } from "../../../../test/support/scrape.ts";
import type { Collector } from "../collector/collector.ts";
import { createCollector } from "../collector/createCollector.ts";

const SHOP = "https://shop.example";
const catalog = defineCatalog({
  app: "shop",
  routes: ["/", "/cart"],
  actions: { look: { help: "Looks.", from: "server" } },
});

let collector: Collector<typeof catalog>;
beforeEach(() => {
  collector = createCollector({ catalog, runtimeMetrics: false, allowedOrigins: [SHOP] });
});
afterEach(() => collector.stop());

let ids = 0;
interface Rest {
  release?: string;
  context?: WireDetails;
  id?: string;
  session?: string;
}
const report = (events: PageEvent[], { agent, ...rest }: Rest & { agent?: string } = {}) =>
  collector.app.request("/collect", {
    method: "POST",
    headers: { origin: SHOP, ...(agent !== undefined && { "user-agent": agent }) },
    body: JSON.stringify({
      v: 1,
      id: (ids += 1).toString(16).padStart(32, "0"),
      session: "5".repeat(32),
      sentAt: 1,
      release: "1.2.0",
      ...rest,
      events,
    }),
  });
const groups = async (query = ""): Promise<ErrorGroups> =>
  (await (await collector.app.request(`/api/rumkit/errors${query}`)).json()) as ErrorGroups;
const tail = async (): Promise<LiveSnapshot["tail"]> => {
  const stream = await collector.app.request("/realtime/metrics");
  const reader = stream.body!.getReader();
  const decoder = new TextDecoder();
  let text = "";
  while (!text.includes("data: ") || !text.endsWith("\n\n"))
    text += decoder.decode((await reader.read()).value);
  await reader.cancel();
  return (JSON.parse(text.split("data: ")[1]!) as LiveSnapshot).tail;
};

const STACK = `TypeError: no price for ann@mail.example
    at Cart.total (https://shop.example/assets/app-3f2a91bc.js?user=ann:2:10451)
    at checkout (https://shop.example/assets/app-3f2a91bc.js:3:1)`;
const thrown: PageEvent = {
  type: "error",
  route: "/cart",
  source: "uncaught",
  name: "TypeError",
  message: "no price for ann@mail.example at https://shop.example/cart?code=7",
  stack: STACK,
};

test("errors with one stack are one group, scrubbed, with frames that name no host", async () => {
  await report([thrown, { ...thrown, message: "no price" }]);
  await report([{ ...thrown, count: 3, route: "/" }], { release: "1.3.0" });
  const answer = await groups();
  expect(answer).toMatchObject({ seen: 5, forgotten: 0, remembered: 1 });
  expect(answer.groups[0]).toMatchObject({
    name: "TypeError",
    message: "no price for [email] at https://shop.example/cart",
    count: 5,
    releases: { "1.2.0": 2, "1.3.0": 3 },
    routes: { "/cart": 2, "/": 3 },
    stack: ["Cart.total (/assets/app-3f2a91bc.js:2:10451)", "checkout (/assets/app-3f2a91bc.js:3:1)"],
    resolved: false,
  });
});

test("a group has its sessions and browsers; hostile ones take bounded memory and stay in the collector", async () => {
  const agents = ["Chrome/140.0", "Firefox/143.0", "<img src=x onerror=alert(1)>", "x".repeat(2_000)];
  for (let index = 0; index < 150; index += 1) {
    const session = index.toString(16).padStart(32, "a");
    await report(
      [
        {
          ...thrown,
          ["browser" as string]: `fake${index}`,
          ["details" as string]: { browser: `fake${index}` },
        },
      ],
      {
        session,
        agent: `Mozilla/5.0 ${agents[index % agents.length]}`,
        context: { browser: `fake${index}`, session },
      },
    );
  }
  const [group] = (await groups()).groups;
  expect(Object.values(group!.browsers).reduce((sum, count) => sum + count, 0)).toBe(group!.count);
  expect(Object.keys(group!.browsers).toSorted()).toEqual(["chrome", "firefox", "other"]);
  expect(Math.abs(group!.sessions / group!.count - 1)).toBeLessThan(0.2);
  expect(group!.sessions).toBeGreaterThan(100);
});

test("viewers get a digest of an event's session, never the session, and another one at another time", async () => {
  const session = "5".repeat(32);
  await report([thrown, { type: "page_view", route: "/" }]);
  const moments = async () => {
    await report([{ type: "page_view", route: "/" }]);
    return new Set((await tail()).map(({ at }) => at)).size;
  };
  await expect.poll(moments).toBeGreaterThan(1);
  const entries = await tail();
  expect(JSON.stringify(entries)).not.toContain(session);
  for (const { at, sender } of entries)
    expect(sender).toBe(createHash("sha256").update(`${session} ${at}`).digest("hex").slice(0, 16));
  await collector.trackAction("look");
  expect((await tail()).at(-1)).not.toHaveProperty("sender");
});

test("the live tail says which group an error belongs to, and shows nothing personal", async () => {
  await report([thrown], { context: { email: "ann@mail.example", fingerprint: "mine" } });
  const [entry] = await tail();
  expect(entry?.details["fingerprint"]).toBe((await groups()).groups[0]?.fingerprint);
  expect(Object.keys(entry!.details)[0]).toBe("fingerprint");
  expect(JSON.stringify(entry)).not.toMatch(/ann@|user=|code=7/);
  expect(entry?.details).toMatchObject({ email: "[scrubbed]" });
});

test("a batch that comes twice is grouped once, and the metric has no fingerprint", async () => {
  const id = "a".repeat(32);
  await report([thrown], { id });
  await report([thrown], { id });
  expect((await groups()).seen).toBe(1);
  const series = await scrape(collector.app);
  expect(series.get('rum_js_errors_total{route="/cart",source="uncaught"}')).toBe(1);
  expect([...series.keys()].filter((name) => name.includes("fingerprint"))).toEqual([]);
});

test("an event that is not an error of a page is in no group", async () => {
  await report([
    { type: "page_view", route: "/" },
    { type: "resource_error", name: "img" },
  ]);
  expect(await groups()).toEqual({ seen: 0, forgotten: 0, remembered: 0, groups: [] });
});

test.each(["notice", "opaque", "extension"] as const)(
  "an error that is not a fault of the app is counted apart: %s",
  async (source) => {
    await report([
      { ...thrown, source, count: 3 },
      { ...thrown, name: "RangeError" },
    ]);
    expect(await groups()).toMatchObject({ seen: 1, remembered: 1, groups: [{ name: "RangeError" }] });
    const series = await scrape(collector.app);
    const counted = [...series].filter(
      ([name, value]) => /^rum_(js_errors|notices|unhandled)/.test(name) && value > 0,
    );
    expect(Object.fromEntries(counted)).toEqual({
      [`rum_notices_total{route="/cart",source="${source}"}`]: 3,
      'rum_js_errors_total{route="/cart",source="uncaught"}': 1,
    });
    // The live tail shows it.
    expect((await tail()).map(({ name }) => name).toSorted()).toEqual(["RangeError", "TypeError"]);
  },
);

test("where there is access, groups need the scope of the live page", async () => {
  const guarded = createCollector({ catalog, runtimeMetrics: false, access: { open: ["collect"] } });
  expect((await guarded.app.request("/api/rumkit/errors")).status).toBe(401);
  await guarded.stop();
});

test("the most frequent come first where that is asked for", async () => {
  await report([{ ...thrown, count: 2 }]);
  await report([{ ...thrown, name: "RangeError" }]);
  const names = async (query: string) => (await groups(query)).groups.map((group) => group.name);
  expect(await names("")).toEqual(["RangeError", "TypeError"]);
  expect(await names("?order=frequent")).toEqual(["TypeError", "RangeError"]);
  expect(await names("?limit=1")).toEqual(["RangeError"]);
});

test.each(["?limit=0", "?limit=501", "?limit=x", "?order=oldest"])("%s is a bad query", async (query) => {
  const response = await collector.app.request(`/api/rumkit/errors${query}`);
  expect([response.status, await response.json()]).toMatchObject([400, { error: { code: "bad_query" } }]);
});
