// @vitest-environment happy-dom
/** Whatever a page records, also many times over, the collector takes: batches of the real client, a real collector. */
import { once } from "node:events";
import { createServer, type IncomingMessage, request } from "node:http";
import type { AddressInfo } from "node:net";
import { text } from "node:stream/consumers";
import { createMetricsWith, type NewEvent, sampling, type SourceContext } from "@rumkit/browser";
import {
  defineCatalog,
  type PageEvent,
  type WebVitalName,
  type WebVitalSpec,
  webVitals,
} from "@rumkit/protocol";
import { createCollector } from "@rumkit/server";
import fc from "fast-check";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { parseExposition } from "./support/scrape.ts";

const JSON_TYPE = { "content-type": "application/json" };

const catalog = defineCatalog({
  app: "shop",
  routes: ["/", "/cart"],
  actions: { search: { help: "Searches." } },
  conversions: { signup: { help: "Accounts." }, wish: { help: "Wishes.", value: { money: ["USD", "JPY"] } } },
  measurements: { size: { help: "Sizes.", unit: "bytes", buckets: [1_000, 1_000_000] } },
  features: { dark_mode: { help: "Dark." } },
  funnels: { buy: ["page_view:/", "action:search"] },
});

const word = <Word extends string>(...words: Word[]): fc.Arbitrary<Word> => fc.constantFrom(...words);
/** Few different values, so that many events are equal. */
const number = (...values: number[]): fc.Arbitrary<number> => fc.constantFrom(...values);
const seconds = number(0, 0.008, 1.5);

/** Honest events of every type; a type that is missing does not compile. */
const EVENTS: { [Type in PageEvent["type"]]: fc.Arbitrary<object> } = {
  session_start: fc.record({ device: word("mobile", "desktop") }, { requiredKeys: [] }),
  heartbeat: fc.constant({}),
  page_view: fc.record({ navigation: word("hard", "soft", "bfcache"), experience: word("good", "poor") }),
  visible: fc.record({ value: seconds }),
  click: fc.record({ name: word("buy", "tag:button") }),
  rage_click: fc.record({ name: word("buy") }),
  dead_click: fc.record({ name: word("buy") }),
  error_click: fc.record({ name: word("buy") }),
  form_start: fc.record({ name: word("login") }),
  form_submit: fc.record({ name: word("login") }),
  form_abandon: fc.record({ name: word("login") }),
  action: fc.record({ name: word("search"), details: fc.record({ query: word("a", "b") }) }),
  feature: fc.record({ name: word("dark_mode") }),
  funnel_step: fc.record({ name: word("buy"), step: number(1, 2) }),
  conversion: fc.oneof(
    fc.record({ name: word("signup"), value: number(1, 2.5) }),
    fc.record({
      name: word("wish"),
      details: fc.record({ value: number(1, 20), currency: word("USD", "JPY") }),
    }),
  ),
  // Up to a gigabyte: the bound of what one event adds to a sum counts, too.
  measurement: fc.record({ name: word("size"), value: number(0, 1.5, 1e9) }),
  LCP: fc.record({ value: seconds, navigation: word("hard", "soft"), part: word("text", "image") }),
  INP: fc.record({ value: seconds, navigation: word("hard", "soft"), party: word("first", "third") }),
  CLS: fc.record({ value: seconds }),
  FCP: fc.record({ value: seconds }),
  TTFB: fc.record({ value: seconds, navigation: word("soft", "bfcache", "prerender") }),
  error: fc.record({
    source: word("uncaught", "rejection", "handled"),
    name: word("TypeError"),
    message: word("x"),
  }),
  resource_error: fc.record({ name: word("img", "script") }),
  api_call: fc.record({
    name: word("/api/a"),
    value: seconds,
    method: word("GET"),
    status: number(200, 404),
  }),
  page_load: fc.record({ dns: seconds, load: seconds, bytes: number(0, 1e6) }),
  long_task: fc.record({ value: number(0.06), party: word("first") }),
  heap: fc.record({ value: number(1e6, 1e9) }),
};

const TYPES = Object.keys(EVENTS) as PageEvent["type"][];
const recorded = fc.record({
  event: fc.constantFrom(...TYPES).chain((type) => EVENTS[type].map((fields) => ({ type, ...fields }))),
  route: word("/", "/cart"),
  times: fc.oneof(number(1, 2, 3), number(150, 1_200)),
});

type Recorded = typeof recorded extends fc.Arbitrary<infer Value> ? Value : never;

/** Posts as a browser does: no Request of the page's own could name an origin. */
async function post(port: number, body: string): Promise<Response> {
  const headers = { origin: `http://127.0.0.1:${port}` };
  const sent = request({ port, host: "127.0.0.1", path: "/collect", method: "POST", headers }).end(body);
  const [answer] = (await once(sent, "response")) as [IncomingMessage];
  return new Response(await text(answer), { status: answer.statusCode!, headers: JSON_TYPE });
}

/** The collector's counts of a page that records this, for the share `rate` of all sessions. */
async function visit(all: readonly Recorded[], rate: number): Promise<Map<string, number>> {
  const collector = createCollector({ catalog, bots: "count", runtimeMetrics: false });
  const server = createServer(collector.nodeListener()).listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  const answers: Promise<Response>[] = [];
  vi.stubGlobal("fetch", (_url: string, { body }: RequestInit) => {
    const answer = post(port, body as string);
    answers.push(answer);
    return answer;
  });
  let page!: SourceContext;
  const client = createMetricsWith([sampling(rate), (context) => void (page = context)]);
  client.flush();
  for (const { event, route, times } of all) {
    for (let time = 1; time <= times; time += 1) {
      page.record(event as NewEvent, route);
      // What waits for its answer is bounded, and a loop gives none of them time to arrive.
      if (time % 100 === 0 || time === times) await settle(answers);
    }
  }
  client.stop();
  await settle(answers);
  // The first scrape shows series that are new at 0.
  await (await collector.app.request("/metrics")).text();
  const exposition = await (await collector.app.request("/metrics")).text();
  server.close();
  await collector.stop();
  return sumsByName(parseExposition(exposition));
}

/** Until no answer is awaited: an answer may be what lets the next batch go. */
async function settle(answers: readonly Promise<Response>[]): Promise<void> {
  for (let index = 0; index < answers.length; index += 1) await answers[index];
}

function sumsByName(series: ReadonlyMap<string, number>): Map<string, number> {
  const sums = new Map<string, number>();
  for (const [name, value] of series) {
    const family = name.replace(/\{.*/, "");
    sums.set(family, (sums.get(family) ?? 0) + value);
  }
  return sums;
}

/** Families of vitals, and the expected number of observations of each. */
function vitalsOf(all: readonly Recorded[]): Map<string, number> {
  const expected = new Map<string, number>();
  for (const { event, times } of all) {
    const vital = webVitals[event.type as WebVitalName] as WebVitalSpec | undefined;
    if (vital) expected.set(vital.metric, (expected.get(vital.metric) ?? 0) + times);
  }
  return expected;
}

/** Sampling goes by the session's id: so small a number reports at every rate. */
function countUp(bytes: Uint8Array): Uint8Array {
  ids += 1;
  new DataView(bytes.buffer).setUint32(bytes.length - 4, ids);
  return bytes;
}

let ids = 0;
beforeEach(() => {
  vi.spyOn(crypto, "getRandomValues").mockImplementation(countUp as Crypto["getRandomValues"]);
});
afterEach(() => {
  vi.mocked(crypto.getRandomValues).mockRestore();
  vi.unstubAllGlobals();
});

test("whatever a page records, however often, is counted as often, and nothing of it is refused", async () => {
  const visits = fc.tuple(fc.array(recorded, { minLength: 1, maxLength: 12 }), number(1, 0.5, 0.0001));
  await fc.assert(
    fc.asyncProperty(visits, async ([all, rate]) => {
      sessionStorage.clear();
      const counted = await visit(all, rate);
      expect(counted.get("rum_events_rejected_total")).toBe(0);
      expect(counted.get("rum_batches_rejected_total") ?? 0).toBe(0);
      expect(counted.get("rum_events_dropped_total") ?? 0).toBe(0);
      // One more for each session that begins: this one.
      const accepted = all.reduce((sum, { times }) => sum + times, 1);
      expect(counted.get("rum_events_accepted_total")).toBe(accepted);
      for (const [metric, times] of vitalsOf(all)) {
        expect(counted.get(`${metric}_count`)! * rate, metric).toBeCloseTo(times, 6);
      }
    }),
    { numRuns: 100 },
  );
});
