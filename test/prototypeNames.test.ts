/**
 * Names that every object has. A look-up by a name from outside that finds what is inherited takes a function for an
 * entry, a label value or a setting: each of these names passes through every input that takes one.
 */
import { type Catalog, defineCatalog } from "@rumkit/protocol";
import { Hono } from "hono";
import { describe, expect, onTestFinished, test } from "vitest";
import { type Collector, createCollector, describeMetrics } from "@rumkit/server";
import { describeBoards, renderClassic, renderMetricsDoc, renderRules, renderV2 } from "rumkit/generate";

const NAMES = Object.getOwnPropertyNames(Object.prototype);
/** Of those, what may be a name in Prometheus' eyes: no label begins with two underscores. */
const LABELS = NAMES.filter((name) => !name.startsWith("__"));

const SECRET = "a-secret-of-a-service-0123456789";

function start(catalog: Catalog): Collector<Catalog> {
  const collector = createCollector({
    catalog,
    runtimeMetrics: false,
    environment: "development",
    ingestTokens: [SECRET],
    rateLimits: { perAddress: false },
  });
  onTestFinished(() => collector.stop());
  return collector;
}

let ids = 0;
async function post({ app }: Pick<Collector<Catalog>, "app">, path: string, body: object) {
  const response = await app.request(path, {
    method: "POST",
    body: JSON.stringify(body),
    headers: {
      origin: "http://shop.example",
      host: "shop.example",
      authorization: `Bearer ${SECRET}`,
      "content-type": "application/json",
    },
  });
  return { status: response.status, answer: (await response.json()) as Record<string, unknown> };
}

function collect(collector: Collector<Catalog>, events: readonly object[]) {
  ids += 1;
  const id = ids.toString(16).padStart(32, "0");
  const batch = { v: 1, id, session: "f".repeat(32), sentAt: 1, events };
  return post(collector, "/collect", batch);
}

/** Everything that a collector says: no function, no object. */
async function said({ app }: Collector<Catalog>): Promise<string> {
  const paths = ["/metrics", "/api/rumkit/cardinality", "/api/rumkit/errors", "/realtime/snapshot"];
  const texts = await Promise.all(paths.map(async (path) => (await app.request(path)).text()));
  const text = texts.join("\n");
  expect(text).not.toMatch(/native code|\[object|function \w*\(/);
  return text;
}

test("the list has what objects have", () => {
  expect(NAMES).toEqual(
    expect.arrayContaining(["constructor", "toString", "__proto__", "hasOwnProperty", "valueOf"]),
  );
});

describe("where the catalog does not declare it", () => {
  const catalog = defineCatalog({
    app: "shop",
    routes: ["/"],
    actions: {
      pick: { help: "Picks.", labels: { kind: ["a", "b"] } },
      sync: { help: "Syncs.", from: "server" },
    },
    conversions: { wish: { help: "Wishes.", value: { money: ["USD"] } } },
    measurements: { search: { help: "Searches.", unit: "seconds", buckets: [1] } },
    features: { filter: { help: "Filters." } },
    funnels: { checkout: ["page_view:/", "action:pick"] },
    jobs: { mail: { help: "Mails." } },
  });

  test.each(NAMES)("an event of %s is refused", async (name) => {
    const collector = start(catalog);
    for (const [event, code] of [
      [{ type: "action", name }, "unknown_name"],
      [{ type: "conversion", name }, "unknown_name"],
      [{ type: "measurement", name, value: 1 }, "unknown_name"],
      [{ type: "feature", name }, "unknown_name"],
      [{ type: "funnel_step", name, step: 1 }, "unknown_name"],
      [{ type: name }, "unknown_type"],
      [{ type: "action", name: "pick", details: { kind: name } }, "unknown_label_value"],
    ] as const) {
      const { answer } = await collect(collector, [{ type: "page_view", route: "/" }, event]);
      expect(answer, JSON.stringify(event)).toMatchObject({ accepted: 1, rejected: [{ index: 1, code }] });
    }
    const cyclic = JSON.parse(`{ "${name}": 1, "kind": "a" }`) as object;
    expect((await collect(collector, [{ type: "action", name: "pick", details: cyclic }])).answer).toEqual({
      accepted: 1,
    });
    await said(collector);
  });

  test.each(NAMES)("a call with %s is refused, or counted under its name", async (name) => {
    const collector = start(catalog);
    expect(await collector.trackAction(name)).toBe("rejected");
    expect(collector.trackJob(name, () => 7)()).toBe(7);
    const { answer } = await post(collector, "/ingest", {
      items: [
        { name: "own.value", value: 1, tags: { [name]: name } },
        { name, value: 1 },
      ],
    });
    expect(JSON.stringify(answer)).not.toContain("native");
    const map = new Map([["a", 1]]);
    const cache = collector.instrumentCache(name, map) as unknown as Record<string, unknown>;
    expect(typeof cache[name]).toBe(typeof (map as unknown as Record<string, unknown>)[name]);
    expect((cache as { toString(): string }).toString()).toBe("[object Map]");
    expect((cache as unknown as Map<string, number>).constructor).toBe(Map);
    collector.trackQueue(name).set(3);
    await collector.queryTimer(`SELECT 1 FROM ${name}`, async () => {});
    collector.trackError(Object.assign(new Error("x"), { name }), { severity: name as "error" });
    for (const type of ["click", "form_start", "resource_error", "api_call", "error"]) {
      await collect(collector, [
        {
          type,
          name,
          value: 1,
          source: "uncaught",
          route: `/${name}`,
          method: name,
          message: name,
          stack: `at ${name} (${name}:1:2)`,
        },
      ]);
    }
    const site = new Hono();
    site.use(collector.httpMetrics());
    site.get(`/${name}`, (c) => c.text("ok"));
    await site.request(`/${name}?${name}=1`);
    const text = await said(collector);
    expect(text).toContain(`queue="${name}"`);
    // What is not a label of the catalog, or a name that Prometheus knows by itself, is not a label.
    expect(text).not.toMatch(new RegExp(`[{,]${name}=`));
  });
});

describe("where the catalog declares it", () => {
  /** A separate action for each label; `constructor` is a name of a catalog as well. */
  const actionOf = (label: string): string => `act_${LABELS.indexOf(label)}`;
  const one = { constructor: { help: "One." } };
  const catalog: Catalog = defineCatalog({
    app: "shop",
    routes: LABELS.map((name) => `/${name}`),
    actions: {
      ...one,
      ...Object.fromEntries(
        LABELS.map((label) => [actionOf(label), { help: "A.", labels: { [label]: [label, "b"] } }]),
      ),
    },
    conversions: one,
    features: one,
    jobs: one,
    ingested: Object.fromEntries(LABELS.map((name) => [name.toLowerCase(), { help: "I.", type: "counter" }])),
  });

  test("it is a name as any other", async () => {
    const collector = start(catalog);
    for (const name of LABELS) {
      const { answer } = await collect(collector, [
        { type: "action", name: actionOf(name), details: { [name]: name } },
        { type: "page_view", route: `/${name}` },
      ]);
      expect(answer).toEqual({ accepted: 2 });
      // Its label is missing, and not the function that every object has.
      const without = [{ type: "action", name: actionOf(name), details: {} }];
      expect((await collect(collector, without)).status).toBe(422);
    }
    const { answer } = await collect(
      collector,
      ["action", "conversion", "feature"].map((type) => ({ type, name: "constructor" })),
    );
    expect(answer).toEqual({ accepted: 3 });
    const text = await said(collector);
    for (const name of LABELS) {
      expect(text).toContain(`rum_actions_total{action="${actionOf(name)}",${name}="${name}"} 1`);
      expect(text).toContain(`rum_page_views_total{route="/${name}"`);
    }
    expect(text).toContain('rum_actions_total{action="constructor"} 1');
    expect(text).toContain('rum_feature_usage_total{feature="constructor"} 1');
  });

  test("its files have no function in them", () => {
    const descriptors = describeMetrics(catalog);
    const files = [
      ...describeBoards(descriptors, catalog).flatMap((board) => [
        JSON.stringify(renderClassic(board)),
        JSON.stringify(renderV2(board)),
      ]),
      renderRules(descriptors, catalog),
      renderMetricsDoc(descriptors),
    ];
    for (const file of files) expect(file).not.toMatch(/native code|\[object|function \w*\(/);
  });
});
