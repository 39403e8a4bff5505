import { setImmediate } from "node:timers/promises";
import type { Catalog } from "@rumkit/protocol";
import { createCollector } from "@rumkit/server";
import { partitionOf } from "@rumkit/server/internal/testing";
import { Hono } from "hono";
import { vi } from "vitest";
import type { SeriesByName } from "../promtool.ts";
import { showStates, spreadGauges } from "./gauges.ts";
import { type Act, SITE, type Target, TOKEN, Traffic } from "./traffic.ts";

export interface HistoryOptions {
  readonly catalog: Catalog;
  readonly seed: number;
  readonly minutes: number;
  /** Much fails from this minute on. */
  readonly badFrom: number;
  /** Processes that share the work. */
  readonly processes: number;
}

/** Samples of each minute, as Prometheus has them of the same traffic. */
export interface Histories {
  /** Of one process that counts all of it. */
  readonly one: SeriesByName;
  /** Of several that count their partitions. */
  readonly many: SeriesByName;
}

const PARTITIONS = 12;
const MINUTE_MS = 60_000;

/** Of an act that only lets its series begin. */
const SHORT_MS = 20;

/** After this time a session is not active any more. */
const SILENCE_MINUTES = 6;

/**
 * Lets one collector count some traffic, and several others, each of which has its partitions, count the same. Needs the
 * fake clock: each minute ends with a scrape of all of them.
 */
export async function recordHistories(options: HistoryOptions): Promise<Histories> {
  const { catalog, minutes, badFrom, processes } = options;
  const one = createTarget(catalog);
  const many = Array.from({ length: processes }, () => createTarget(catalog));
  showStates(one, processes);
  for (const target of many) showStates(target, 1);
  await liveThrough(options, [one, ...many]);
  const traffic = new Traffic(catalog, options.seed, "today");
  const pasts = [one, ...many].map((target, index) => new Past(target, `10.0.0.${index}:4000`));
  const scrapeAll = async (): Promise<void> => {
    for (const past of pasts) await past.scrape();
  };
  await scrapeAll();
  for (let minute = 1; minute < minutes; minute += 1) {
    const end = Date.now() + MINUTE_MS;
    spreadGauges(catalog, minute, one, many);
    for (const act of traffic.minute(minute >= badFrom))
      await perform(act, [one, many[partitionOf(act.key, PARTITIONS) % processes]!]);
    await vi.advanceTimersByTimeAsync(end - Date.now());
    await scrapeAll();
  }
  await Promise.all([one, ...many].map(({ collector }) => collector.stop()));
  const [ofOne, ...ofMany] = pasts.map((past) => past.series());
  return { one: ofOne!, many: Object.assign({}, ...ofMany) as SeriesByName };
}

/**
 * Lets every process count the same once before the first scrape, in other sessions: a series that begins within a window
 * is 0 for some time, so that each process would show its first events later.
 */
async function liveThrough(
  { catalog, seed, minutes, badFrom }: HistoryOptions,
  targets: readonly Target[],
): Promise<void> {
  const traffic = new Traffic(catalog, seed, "yesterday");
  for (let minute = 1; minute < minutes; minute += 1)
    for (const act of traffic.minute(minute >= badFrom))
      await perform({ ...act, lastsMs: Math.min(act.lastsMs ?? 0, SHORT_MS) }, targets);
  await vi.advanceTimersByTimeAsync(SILENCE_MINUTES * MINUTE_MS);
}

function createTarget(catalog: Catalog): Target {
  const collector = createCollector({
    catalog,
    environment: "production",
    allowedOrigins: [SITE],
    ingestTokens: [TOKEN],
    exceptions: false,
    // All of them are one process here. Prometheus evaluates the rules.
    runtimeMetrics: false,
    alerts: false,
    rateLimits: { perAddress: false },
  });
  const app = new Hono<{ Bindings: { until: Promise<void> } }>();
  app.use(collector.httpMetrics());
  app.post("/work", async (c) => {
    await c.env.until;
    return c.text(await c.req.text(), 200, { "content-length": "4" });
  });
  app.post("/fail", (c) => c.text("no", 500, { "content-length": "2" }));
  app.route("/", collector.app);
  return { collector, app: app as unknown as Hono };
}

/** Does an act at both, for the same time. */
async function perform({ run, lastsMs = 0 }: Act, targets: readonly Target[]): Promise<void> {
  const over = Promise.withResolvers<void>();
  const running = targets.map((target) => run(target, over.promise));
  if (lastsMs > 0) {
    // Both have begun before their time passes.
    await setImmediate();
    await vi.advanceTimersByTimeAsync(lastsMs);
  }
  over.resolve();
  await Promise.all(running);
}

/** The samples of one target. */
class Past {
  readonly #target: Target;
  readonly #instance: string;
  readonly #values = new Map<string, string[]>();
  #scrapes = 0;

  constructor(target: Target, instance: string) {
    this.#target = target;
    this.#instance = instance;
  }

  async scrape(): Promise<void> {
    // By the timeout of a scrape each minute, the collector shows a new series as 0 for long enough.
    const headers = { "x-prometheus-scrape-timeout-seconds": "10" };
    const text = await (await this.#target.app.request("/metrics", { headers })).text();
    for (const line of ["up 1", ...text.split("\n")]) {
      if (line === "" || line.startsWith("#")) continue;
      const space = line.lastIndexOf(" ");
      this.#add(line.slice(0, space), line.slice(space + 1));
    }
    this.#scrapes += 1;
  }

  #add(series: string, value: string): void {
    const values = this.#values.get(series) ?? [];
    this.#values.set(series, values);
    // The end of a series is a stale sample, as Prometheus writes it.
    while (values.length < this.#scrapes) values.push(values.at(-1) === undefined ? "_" : "stale");
    values.push(value);
  }

  series(): SeriesByName {
    const of = [`job="shop"`, `instance="${this.#instance}"`].join(",");
    return Object.fromEntries(
      [...this.#values].map(([series, values]) => {
        const [name = "", ...labels] = series.split("{");
        const inner = labels.join("{").slice(0, -1);
        const padded = [...values, ...(values.length < this.#scrapes ? ["stale"] : [])];
        return [`${name}{${of}${inner === "" ? "" : `,${inner}`}}`, padded.join(" ")];
      }),
    );
  }
}
