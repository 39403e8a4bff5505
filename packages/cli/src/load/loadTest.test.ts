import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { type Catalog, defineCatalog } from "@rumkit/protocol";
import { createCollector, openSqliteJournal, serveCollector } from "@rumkit/server";
import { expect, onTestFinished, test } from "vitest";
import { listen } from "../../../../test/support/listen.ts";
import { startServe } from "../../../../test/support/serveProcess.ts";
import { loadTest, type LoadTestParts } from "./loadTest.ts";
import type { LoadClock, LoadPlan } from "./plan.ts";
import { findings, type LoadReport, renderJson, renderReport } from "./report.ts";
import { siteOf } from "./site.ts";

const catalog = defineCatalog({
  app: "shop",
  routes: ["/", "/products/:id", "/cart"],
  actions: { add_to_cart: { help: "Products in the cart.", labels: { category: ["books", "games"] } } },
  conversions: { checkout: { help: "Checkouts.", value: { money: ["USD", "JPY"] } } },
  measurements: {
    search: { help: "Searches.", unit: "seconds", buckets: [0.1, 1] },
    upload: { help: "Uploads.", unit: "bytes", buckets: [1e3, 1e6], name: "shop_upload_bytes" },
  },
  features: { dark_mode: { help: "Dark colors." } },
  endpoints: ["/api/products/:id"],
  funnels: { buy: ["page_view:/products/:id", "action:add_to_cart", "conversion:checkout"] },
});

/**
 * A clock that goes on to the end of the next wait once no request is open: a run takes no time, and its waits end in
 * their order, whatever the machine is doing.
 */
function steppingClock(ask: typeof fetch): { clock: LoadClock; fetch: typeof fetch } {
  let time = Date.now();
  let open = 0;
  let isDue = false;
  const waits = new Set<{ readonly end: number; readonly resolve: () => void }>();
  const step = (): void => {
    isDue = false;
    if (open > 0 || waits.size === 0) return;
    const next = [...waits].reduce((first, wait) => (wait.end < first.end ? wait : first));
    time = Math.max(time, next.end);
    next.resolve();
    stepSoon();
  };
  const stepSoon = (): void => {
    if (!isDue) setImmediate(() => setImmediate(step));
    isDue = true;
  };
  return {
    clock: {
      now: () => time,
      sleep: (ms, signal) =>
        new Promise((done) => {
          const resolve = (): void => {
            waits.delete(wait);
            done();
          };
          const wait = { end: time + ms, resolve };
          waits.add(wait);
          if (signal.aborted) resolve();
          else signal.addEventListener("abort", resolve);
          stepSoon();
        }),
    },
    fetch: async (input, init) => {
      open += 1;
      try {
        const response = await ask(input, init);
        // Counters are read while the clock stands still.
        return init?.method === undefined ? response : new Response(await response.text(), response);
      } finally {
        open -= 1;
        stepSoon();
      }
    },
  };
}

async function serve(options: object = {}) {
  const collector = createCollector({ catalog, allowedOrigins: ["http://shop.test"], ...options });
  onTestFinished(() => collector.stop());
  return { collector, origin: await listen(serveCollector({ collector, port: 0 })) };
}

function planFor(root: string, plan: Partial<LoadPlan> = {}, of: Catalog = catalog): LoadPlan {
  return {
    root,
    metricsUrl: `${root}/metrics`,
    token: "",
    origin: "http://shop.test",
    key: undefined,
    site: siteOf(of),
    visitors: 4,
    visits: 10,
    rampUpMs: 400,
    holdMs: undefined,
    thinkMs: 800,
    durationMs: 3_600_000,
    seed: 1,
    run: "test",
    isRepeatable: false,
    ...plan,
  };
}

const run = (plan: LoadPlan, parts: LoadTestParts = {}): Promise<LoadReport> =>
  loadTest(plan, { ...parts, ...steppingClock(parts.fetch ?? fetch) });

/** Decides about a batch at a proxy: passes it, or answers itself before or after passing it. */
type Meets = (
  body: string,
  pass: () => Promise<Response>,
  answer: ServerResponse,
) => Promise<Response | undefined>;

/** Stands in front of a collector. `meets` sees each batch; everything else passes. */
async function proxy(collector: string | (() => string), meets: Meets): Promise<string> {
  const server = createServer((request, answer) => {
    void handle(request, answer).catch(() => answer.destroy());
  });
  const handle = async (request: IncomingMessage, answer: ServerResponse): Promise<void> => {
    const body = await text(request);
    const pass = (): Promise<Response> =>
      fetch(`${typeof collector === "string" ? collector : collector()}${request.url}`, {
        method: request.method!,
        headers: { origin: "http://shop.test", "user-agent": request.headers["user-agent"]! },
        ...(body !== "" && { body }),
      });
    const isBatch = request.method === "POST" && request.url === "/collect";
    const response = isBatch ? await meets(body, pass, answer) : await pass();
    if (!response) return;
    const bytes = Buffer.from(await response.arrayBuffer());
    const passed = [...response.headers].filter(([name]) => /^(?:content-type|rumkit-)/.test(name));
    answer.writeHead(response.status, Object.fromEntries(passed));
    answer.end(bytes);
  };
  return listen(server.listen(0, "127.0.0.1"));
}

test("everything that was sent is counted, once, to the minor unit", async () => {
  const { origin } = await serve();
  const report = await run(planFor(origin));
  expect(findings(report)).toEqual(["Equal: everything that was sent was counted, once."]);
  const { rows } = report.comparison!;
  const names = rows.map(({ name }) => name);
  for (const name of [
    "batches",
    "events",
    "sessions",
    "page views",
    "actions",
    "conversions",
    "funnel steps",
  ])
    expect(names).toContain(name);
  expect(rows.find(({ name }) => name === "sessions")).toMatchObject({ sent: 40, counted: 40 });
  expect(rows.find(({ name }) => name === "money in USD")!.sent).toBeGreaterThan(0);
  expect(report.tally.visits).toEqual({ begun: 40, ended: 40 });
  expect(renderReport(report)).toContain("Load test of http://127.0.0.1:");
  expect(JSON.parse(renderJson(report))).toMatchObject({ equal: true, end: "done", visits: { ended: 40 } });
});

test("other visitors are named, and no loss", async () => {
  const { collector, origin } = await serve();
  const others = [1, 2, 3].map((number) => ({
    v: 1,
    id: String(number).padStart(32, "a"),
    session: "b".repeat(32),
    sentAt: 0,
    events: [{ type: "page_view", route: "/" }],
  }));
  const report = await run(planFor(origin), {
    onStart: () => {
      for (const batch of others)
        void collector.app.request("/collect", {
          method: "POST",
          headers: { origin: "http://shop.test" },
          body: JSON.stringify(batch),
        });
    },
  });
  expect(findings(report)).toEqual([
    "Other traffic: 3 of batches were counted that this run did not send.",
    "Other traffic: 3 of events were counted that this run did not send.",
    "Other traffic: 3 of page views were counted that this run did not send.",
    expect.stringContaining("Different:"),
  ]);
});

test("a batch is sent again after 429, 503, a page of HTML, and a lost answer, and counted once", async () => {
  const { origin } = await serve();
  const seen = new Map<string, number>();
  const refuse = (status: number, headers: Record<string, string>, answer: ServerResponse): undefined => {
    answer.writeHead(status, headers).end("busy");
    return undefined;
  };
  const faults: Meets[] = [
    async (_body, _pass, answer) => refuse(429, { "retry-after": "2" }, answer),
    async (_body, _pass, answer) => refuse(503, {}, answer),
    async (_body, _pass, answer) => refuse(200, { "content-type": "text/html" }, answer),
    async (_body, pass, answer) => {
      await pass();
      answer.destroy();
      return undefined;
    },
    async (_body, _pass, answer) => {
      answer.destroy();
      return undefined;
    },
  ];
  const bodies = new Map<string, Set<string>>();
  const front = await proxy(origin, async (body, pass, answer) => {
    const { id } = JSON.parse(body) as { id: string };
    bodies.set(id, (bodies.get(id) ?? new Set()).add(body));
    if (seen.has(id)) return pass();
    seen.set(id, seen.size);
    return faults[seen.size % faults.length]!(body, pass, answer);
  });
  const report = await run(planFor(front));
  expect(report.comparison!.isEqual).toBe(true);
  expect(findings(report)).toEqual(["Equal: everything that was sent was counted, once."]);
  // Always the same bytes.
  expect([...bodies.values()].every((texts) => texts.size === 1)).toBe(true);
  const { counts, requests } = report.tally;
  expect(counts.duplicates).toBeGreaterThan(3);
  expect(report.comparison!.reasons).toContainEqual({
    name: "batches sent again",
    answered: counts.duplicates,
    counted: counts.duplicates,
  });
  expect([...requests.keys()].toSorted()).toEqual(["200", "202", "429", "503", "no answer"]);
});

test("what the collector rejects is named by its reason, and not counted", async () => {
  const { origin } = await serve({ catalog: { ...catalog, actions: {}, funnels: {} } });
  const report = await run(planFor(origin));
  const actions = report.comparison!.rows.find(({ name }) => name === "actions")!;
  expect(actions).toMatchObject({ counted: 0, least: 0 });
  const rejected = report.tally.rejected.get("unknown_name")!;
  expect(report.comparison!.reasons).toContainEqual({
    name: "events rejected: unknown_name",
    answered: rejected,
    counted: rejected,
  });
  expect(findings(report)).toEqual([
    `Rejected: ${rejected} events with unknown_name.`,
    expect.stringContaining("Different:"),
  ]);
});

test("a collector that refuses for good is heard once for each batch", async () => {
  const { origin } = await serve();
  let requests = 0;
  const front = await proxy(origin, async () => {
    requests += 1;
    return Response.json({ error: { code: "bad_key", message: "No." } }, { status: 403 });
  });
  const report = await run(planFor(front));
  expect(report.tally.batches).toEqual({ sent: requests, least: 0, most: 0 });
  expect(findings(report)[0]).toBe(`Refused: ${requests} batches with 403 bad_key.`);
});

test("acknowledged events that are not counted are called a loss", async () => {
  const { origin } = await serve();
  let swallowed = 0;
  const front = await proxy(origin, async (_body, pass) => {
    if (swallowed === 3) return pass();
    swallowed += 1;
    return Response.json({ accepted: 30 }, { status: 202 });
  });
  const report = await run(planFor(front));
  expect(findings(report)[0]).toBe("Loss: 3 of batches were acknowledged and not counted.");
});

test("a collector that dies in the middle ends the run, and the report says so", async () => {
  const { origin } = await serve();
  let batches = 0;
  const front = await proxy(origin, async (_body, pass, answer) => {
    batches += 1;
    if (batches <= 20) return pass();
    answer.destroy();
    return undefined;
  });
  const dead: typeof fetch = (input, init) =>
    batches > 20 && init?.method === undefined
      ? Promise.reject(new TypeError("fetch failed"))
      : fetch(input, init);
  const report = await run(planFor(front, { visits: 1_000 }), { fetch: dead });
  expect(report.end).toBe("silence");
  expect(findings(report)).toEqual([
    "The collector stopped answering. The visitors left after 30 s of failed requests.",
    expect.stringMatching(/^Unanswered: \d+ batches\. The collector may have counted them\.$/),
    expect.stringMatching(/^Not compared: .*\/metrics does not answer: fetch failed\.$/),
  ]);
});

test("unanswered batches may have been counted: neither is a loss", async () => {
  const { origin } = await serve();
  const front = await proxy(origin, async (body, pass, answer) => {
    const { seq } = JSON.parse(body) as { seq: number };
    if (seq > 0) return pass();
    await pass();
    answer.destroy();
    return undefined;
  });
  const report = await run(planFor(front, { durationMs: 1 }));
  expect(report.end).toBe("duration");
  expect(findings(report).filter((line) => /Loss|Other/.test(line))).toEqual([]);
});

test("a second run of the same name is counted once, one without a name twice", async () => {
  const { origin } = await serve();
  const named = planFor(origin, { run: "friday", isRepeatable: true });
  expect((await run(named)).comparison!.isEqual).toBe(true);
  const again = await run(named);
  expect(again.comparison!.rows.every(({ counted }) => counted === 0)).toBe(true);
  expect(findings(again)[0]).toMatch(/^Counted before: \d+ batches, by an earlier run of the same name\.$/);
  expect((await run(planFor(origin, { run: "other" }))).comparison!.isEqual).toBe(true);
});

test("visitors stay for the hold, whatever the number of visits is", async () => {
  const { origin } = await serve();
  const report = await run(planFor(origin, { visitors: 2, visits: 1, holdMs: 60_000 }));
  expect(report.tally.visits.ended).toBeGreaterThan(5);
  expect(report.ms).toBeGreaterThanOrEqual(60_000);
  expect(report.comparison!.isEqual).toBe(true);
});

test("a visitor has one open request at most", async () => {
  const { origin } = await serve();
  let open = 0;
  let most = 0;
  const front = await proxy(origin, async (_body, pass) => {
    open += 1;
    most = Math.max(most, open);
    const response = await pass();
    open -= 1;
    return response;
  });
  await run(planFor(front, { visitors: 3, thinkMs: 0 }));
  expect(most).toBeLessThanOrEqual(3);
});

test.each([
  [
    "another origin",
    { origin: "http://other.test" },
    /may not report here.* Name an origin that may report: --origin/,
  ],
  ["metrics of something else", { metricsUrl: "collect" }, /answers 405|answers 404|has no rum_batches/],
])("%s is refused before the first visit", async (_case, given, message) => {
  const { origin } = await serve();
  const plan = planFor(origin, given);
  const metricsUrl = "metricsUrl" in given ? `${origin}/healthz` : plan.metricsUrl;
  await expect(run({ ...plan, metricsUrl })).rejects.toThrow(message);
});

test("metrics that never end are refused, and do not fill the memory", async () => {
  const server = createServer((_request, answer) => {
    const line = Buffer.alloc(1024 * 1024, "#");
    answer.on("drain", () => answer.write(line));
    answer.write(line);
  });
  const origin = await listen(server.listen(0, "127.0.0.1"));
  await expect(run(planFor(origin))).rejects.toThrow("the answer has more than");
});

test("a collector with a journal that is killed in the middle has counted everything once", async () => {
  const folder = await mkdtemp(join(tmpdir(), "rumkit-load-"));
  await writeFile(join(folder, "catalog.mjs"), `export const catalog = ${JSON.stringify(catalog)};`);
  const args = [
    "catalog.mjs",
    "--port",
    "0",
    "--journal",
    "journal",
    "--allowed-origins",
    "http://shop.test",
  ];
  let serving = await startServe({ folder, args });
  onTestFinished(async () => {
    await serving.end("SIGKILL");
    await rm(folder, { recursive: true });
  });
  let batches = 0;
  let restarted: Promise<void> | undefined;
  const restart = async (): Promise<void> => {
    await serving.end("SIGKILL");
    serving = await startServe({ folder, args });
  };
  const front = await proxy(
    () => serving.origin,
    async (_body, pass, answer) => {
      batches += 1;
      // The answer to this one is lost. Later ones wait for the restart.
      const isLast = batches === 20;
      if (isLast) {
        void pass().catch(() => {});
        restarted = restart();
      }
      await restarted;
      if (!isLast) return pass();
      answer.destroy();
      return undefined;
    },
  );
  const report = await loadTest(planFor(front, { visits: 10, thinkMs: 5, rampUpMs: 0 }));
  expect(report.tally.requests.get("no answer")).toBeGreaterThan(0);
  expect(findings(report)).toEqual([
    expect.stringContaining("The collector was started again during the run"),
    "Equal: everything that was sent was counted, once.",
  ]);
});

test("a start of the collector in the same second of the same process is not taken for a loss", async () => {
  const folder = await mkdtemp(join(tmpdir(), "rumkit-load-"));
  onTestFinished(() => rm(folder, { recursive: true }));
  const path = join(folder, "journal");
  const open = async () => serve({ journal: await openSqliteJournal({ path }), runtimeMetrics: false });
  let serving = await open();
  let batches = 0;
  const front = await proxy(
    () => serving.origin,
    async (_body, pass) => {
      const response = await pass();
      batches += 1;
      if (batches === 10) {
        await serving.collector.stop();
        serving = await open();
      }
      return response;
    },
  );
  const report = await run(planFor(front, { visitors: 1, visits: 20 }));
  expect(batches).toBeGreaterThan(10);
  expect(findings(report)).toEqual([
    expect.stringContaining("The collector was started again during the run"),
    "Equal: everything that was sent was counted, once.",
  ]);
});

test.each([
  "null",
  "[]",
  '{"rejected":null,"bot":"1","overload":-1,"duplicate":1}',
  '{"rejected":[null,{"index":"0","code":"bad_event"},{"index":0,"code":"__proto__"}]}',
])(
  "an answer of another shape, %s, is an acknowledgement, and the rest of it is left out",
  async (answer) => {
    const { origin } = await serve();
    const front = await proxy(origin, async (_body, pass) => {
      await pass();
      return new Response(answer, { status: 202, headers: { "content-type": "application/json" } });
    });
    const report = await run(planFor(front, { visits: 1 }));
    expect(findings(report)).toEqual(["Equal: everything that was sent was counted, once."]);
  },
);

test("invented codes of refusals do not fill the report", async () => {
  const { origin } = await serve();
  let number = 0;
  const front = await proxy(origin, async () => {
    number += 1;
    return Response.json({ error: { code: `\u001b[31m${number}` } }, { status: 403 });
  });
  const report = await run(planFor(front, { visits: 3 }));
  expect(findings(report)[0]).toBe(`Refused: ${number} batches with 403.`);
});
