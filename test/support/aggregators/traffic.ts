import { createHash } from "node:crypto";
import type { Catalog, LabelSpec, WireDetails } from "@rumkit/protocol";
import type { Collector } from "@rumkit/server";
import type { Hono } from "hono";
import { createRandom, type Random } from "../../../examples/shop/visitors/random.ts";

/** A collector, and the app around it, whose requests it counts. */
export interface Target {
  readonly collector: Collector<Catalog>;
  readonly app: Hono;
}

/** Something that a page, a service or server code does once. */
export interface Act {
  /** Decides who counts it: the id of a session, an order or a call. */
  readonly key: string;
  /** Milliseconds that it lasts. Default 0. */
  readonly lastsMs?: number;
  /** Does it; `until` resolves when its time is over. */
  readonly run: (target: Target, until: Promise<void>) => Promise<unknown>;
}

/** The origin of the pages. */
export const SITE = "https://site.example";

/** The token of the services. */
export const TOKEN = "a-secret-of-a-service-0123456789";

const BOT = "Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)";
const BROWSER = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0";
const DEVICES = ["desktop", "mobile", "tablet"] as const;
const NAVIGATIONS = ["hard", "soft", "bfcache"] as const;
const EXPERIENCES = ["good", "needs_improvement", "poor"] as const;
const SESSIONS = 24;

/** Everything that happens in the minutes of a day. The same seed does the same each day, in other sessions. */
export class Traffic {
  readonly #catalog: Catalog;
  readonly #random: Random;
  readonly #day: string;
  readonly #sessions: { id: string; seq: number }[];
  #ids = 0;

  /** @param day Decides all ids. */
  constructor(catalog: Catalog, seed: number, day: string) {
    this.#catalog = catalog;
    this.#random = createRandom(seed);
    this.#day = day;
    this.#sessions = Array.from({ length: SESSIONS }, () => ({ id: this.#id(), seq: 0 }));
  }

  /** The acts of a minute. In a bad one much fails. */
  minute(isBad: boolean): Act[] {
    for (const [index] of this.#sessions.entries())
      if (this.#random.chance(0.2)) this.#sessions[index] = { id: this.#id(), seq: 0 };
    const sessions = this.#sessions.filter(() => this.#random.chance(0.5));
    return [
      ...sessions.flatMap((session) => this.#visit(session, isBad)),
      ...this.#refused(isBad),
      ...this.#requests(isBad),
      ...this.#calls(),
      ...this.#instruments(isBad),
      ...this.#items(),
      this.#report(),
    ];
  }

  #id(): string {
    this.#ids += 1;
    return createHash("sha256").update(`${this.#day} ${this.#ids}`).digest("hex").slice(0, 32);
  }

  #one<T>(list: readonly T[]): T {
    return this.#random.pick(list as readonly [T, ...T[]]);
  }

  #chosen(spec: LabelSpec = {}): WireDetails {
    return Object.fromEntries(Object.entries(spec).map(([label, values]) => [label, this.#one(values)]));
  }

  /** A batch of a session: new, sent twice, or after one that was lost. */
  #visit(session: { id: string; seq: number }, isBad: boolean): Act[] {
    const isNew = session.seq === 0;
    const events = [...(isNew ? [this.#start()] : []), ...this.#look(isBad), ...this.#use(isBad)];
    const dropped = this.#random.chance(0.2) ? { dropped: { queue_full: 2 } } : {};
    const body = this.#batch(session, events, dropped);
    if (this.#random.chance(0.1)) session.seq += 1;
    const sent = this.#collect(session.id, body);
    return this.#random.chance(0.2) ? [sent, sent] : [sent];
  }

  #batch(session: { id: string; seq: number }, events: readonly object[], more: object = {}): string {
    return JSON.stringify({
      v: 1,
      id: this.#id(),
      seq: session.seq++,
      session: session.id,
      sentAt: 1,
      events,
      ...more,
    });
  }

  #collect(key: string, body: string, headers: Readonly<Record<string, string>> = {}): Act {
    return {
      key,
      run: async ({ app }) =>
        send(app, "/collect", body, { origin: SITE, "user-agent": BROWSER, ...headers }),
    };
  }

  #start(): object {
    return {
      type: "session_start",
      route: this.#one(this.#catalog.routes),
      device: this.#one(DEVICES),
      browser: this.#one(["chrome", "firefox", "safari"]),
      connection: this.#one(["3g", "4g"]),
    };
  }

  /** A page, and what the browser measures on it. */
  #look(isBad: boolean): object[] {
    const { between, chance } = this.#random;
    const route = this.#one(this.#catalog.routes);
    const navigation = this.#one(NAVIGATIONS);
    const experience = this.#one(EXPERIENCES);
    const slow = isBad ? 3 : 1;
    const vital = (type: string, high: number, more: object = {}): object => ({
      type,
      value: between(0, high) * slow,
      navigation,
      ...more,
    });
    return [
      { type: "page_view", route, navigation, experience },
      { type: "visible", value: between(1, 60) },
      vital("LCP", 5, { element: "img.hero", part: "image" }),
      vital("INP", 0.4, { element: "pay", part: this.#one(["input_delay", "processing"]), party: "first" }),
      vital("CLS", 0.3),
      vital("FCP", 3),
      vital("TTFB", 1.5),
      { type: "page_load", dns: between(0, 0.1), complete: between(0.2, 4), bytes: between(1e3, 1e6) },
      { type: "long_task", value: between(0.05, 0.4), party: this.#one(["first", "third"]) },
      { type: "heap", value: between(1e6, 1e8) },
      ...(chance(0.4) || isBad ? [{ type: "error", source: "uncaught", name: "TypeError" }] : []),
      ...(chance(0.3) ? [{ type: "error", source: "rejection", name: "Error" }] : []),
      ...(chance(0.2) ? [{ type: "resource_error", name: "img" }] : []),
    ].filter((event) => "route" in event || chance(0.8));
  }

  /** Actions of the visitor there, and their outcomes. */
  #use(isBad: boolean): object[] {
    const { between, chance } = this.#random;
    const { endpoints = [], funnels = {}, features = {} } = this.#catalog;
    const clicks = ["click", "rage_click", "dead_click", "error_click"];
    const forms = ["form_start", "form_submit", "form_abandon"];
    const events = [
      { type: this.#one(clicks), name: "pay" },
      { type: this.#one(forms), name: "checkout" },
      ...Object.keys(features).map((name) => ({ type: "feature", name })),
      ...endpoints.map((name) => ({
        type: "api_call",
        name,
        value: between(0.01, 2),
        method: "GET",
        ...(chance(0.1) ? { failure: "network" } : { status: isBad && chance(0.5) ? 500 : 200 }),
      })),
      ...Object.entries(funnels).flatMap(([name, steps]) =>
        steps.map((_, index) => ({ type: "funnel_step", name, step: index + 1 })),
      ),
      ...this.#declared(),
    ];
    return events.filter(() => chance(0.5));
  }

  /** Actions, conversions and measurements of pages. */
  #declared(): object[] {
    const { between } = this.#random;
    const actions = ofPages(this.#catalog.actions).map(([name, { labels }]) => ({
      type: "action",
      name,
      details: this.#chosen(labels),
    }));
    const conversions = ofPages(this.#catalog.conversions).map(([name, { labels, value }]) => ({
      type: "conversion",
      name,
      details: this.#chosen(labels),
      experience: this.#one(EXPERIENCES),
      ...(value?.money && { amount: Math.floor(between(1, 9_999)), currency: this.#one(value.money) }),
    }));
    const measurements = ofPages(this.#catalog.measurements).map(([name, { labels, buckets }]) => ({
      type: "measurement",
      name,
      details: this.#chosen(labels),
      value: between(0, buckets.at(-1)! * 1.1),
    }));
    return [...actions, ...conversions, ...measurements];
  }

  /** Batches that are not counted, and one of a robot. */
  #refused(isBad: boolean): Act[] {
    const session = { id: this.#id(), seq: 0 };
    const view = { type: "page_view", route: this.#catalog.routes[0] };
    return [
      this.#collect(this.#id(), "{"),
      this.#collect(session.id, this.#batch(session, [view, { type: "no_such_type" }])),
      this.#collect(this.#id(), this.#batch(session, [view]), { "user-agent": BOT }),
      ...(isBad
        ? Array.from({ length: 10 }, () => this.#collect(this.#id(), "{", { origin: "https://evil.example" }))
        : []),
    ];
  }

  #requests(isBad: boolean): Act[] {
    return Array.from({ length: 12 }, () => {
      const path = isBad && this.#random.chance(0.8) ? "/fail" : "/work";
      return {
        key: this.#id(),
        lastsMs: Math.floor(this.#random.between(1, 900)),
        run: ({ app }, until) => send(app, path, "text", { "content-length": "4" }, { until }),
      };
    });
  }

  /** Calls of server code, each with the id of its order. */
  #calls(): Act[] {
    const { between, chance } = this.#random;
    const orders = ofServer(this.#catalog.conversions).flatMap((entry) => [entry, entry, entry]);
    const conversions = orders.flatMap(([name, spec]) => {
      const key = this.#id();
      const money = spec.value?.money
        ? { value: Math.floor(between(1, 9_999)) / 100, currency: this.#one(spec.value.money) }
        : {};
      const details = { id: key, ...this.#chosen(spec.labels), ...money };
      const experience = spec.experience && { experience: this.#one(EXPERIENCES) };
      const buy = callOf(key, "trackConversion", name, { ...details, ...experience });
      const refund = callOf(key, "trackRefund", name, { ...money, id: `refund-${key}` });
      return [buy, ...(chance(0.2) ? [buy] : []), ...(chance(0.3) && spec.value ? [refund] : [])];
    });
    const actions = ofServer(this.#catalog.actions).map(([name, { labels }]) =>
      callOf(this.#id(), "trackAction", name, this.#chosen(labels)),
    );
    const measurements = ofServer(this.#catalog.measurements).map(([name, { labels, buckets }]) =>
      callOf(this.#id(), "measure", name, between(0, buckets.at(-1)! * 1.1), this.#chosen(labels)),
    );
    return [...conversions, ...actions, ...measurements, callOf(this.#id(), "trackAction", "no_such_action")];
  }

  /** Jobs, streams, caches, queries and errors of the processes. */
  #instruments(isBad: boolean): Act[] {
    const { between, chance } = this.#random;
    const act = (run: Act["run"], lastsMs = 0): Act => ({ key: this.#id(), run, lastsMs });
    const jobs = Object.keys(this.#catalog.jobs ?? {}).flatMap((name) =>
      [0.3, 0.1].map((fails) => {
        const isFailed = chance(isBad ? 0.9 : fails);
        const work = async (until: Promise<void>): Promise<void> => {
          await until;
          if (isFailed) throw new Error("It fails.");
        };
        return act(
          ({ collector }, until) => collector.timed(name as never, () => work(until)).catch(() => {}),
          Math.floor(between(1, 9_000)),
        );
      }),
    );
    return [
      ...jobs,
      act(({ collector }, until) => readStream(collector, until), Math.floor(between(20, 3_000))),
      act(async ({ collector }) => {
        const cache = collector.trackCache("products");
        cache.hit();
        cache.set();
        cache.lookup({ tokens: 9, reused: 4 });
      }),
      act(async ({ collector }) => collector.trackCache("products").miss()),
      act(async ({ collector }) => collector.trackError(new RangeError("x"))),
      act(
        ({ collector }, until) => collector.queryTimer("SELECT 1 FROM orders", () => until),
        Math.floor(between(1, 400)),
      ),
    ];
  }

  /** A report of a browser. */
  #report(): Act {
    const report = { age: 0, type: "deprecation", user_agent: "x", url: `${SITE}/`, body: { id: "old" } };
    const headers = { origin: SITE, "content-type": "application/reports+json" };
    return {
      key: this.#id(),
      run: ({ app }) => send(app, "/reports", JSON.stringify([report]), headers),
    };
  }

  /** Values of services. */
  #items(): Act[] {
    const declared = Object.entries(this.#catalog.ingested ?? {}).map(([name, { labels }]) => ({
      name,
      value: Math.floor(this.#random.between(1, 9)),
      labels: this.#chosen(labels),
    }));
    const items = [...declared, { name: "printer.pages", value: 3 }];
    const key = this.#id();
    const headers = {
      authorization: `Bearer ${TOKEN}`,
      "content-type": "application/json",
      "idempotency-key": key,
    };
    const sent: Act = {
      key,
      run: ({ app }) => send(app, "/ingest", JSON.stringify({ items }), headers),
    };
    return [sent, { ...sent, key: this.#id(), run: ({ app }) => send(app, "/ingest", "{", headers) }];
  }
}

interface Sided {
  readonly from?: "page" | "server";
}

function ofPages<S extends Sided>(specs: Readonly<Record<string, S>> = {}): [string, S][] {
  return Object.entries(specs).filter(([, { from }]) => from !== "server");
}

function ofServer<S extends Sided>(specs: Readonly<Record<string, S>> = {}): [string, S][] {
  return Object.entries(specs).filter(([, { from }]) => from === "server");
}

/** A call by name: the catalog is any, so that its types know none. */
function callOf(key: string, call: string, ...given: readonly unknown[]): Act {
  return {
    key,
    run: ({ collector }) =>
      (collector as unknown as Record<string, (...given: readonly unknown[]) => Promise<unknown>>)[call]!(
        ...given,
      ),
  };
}

/** Reads an answer that comes in three words, of which the last needs its time. */
async function readStream(collector: Collector<Catalog>, until: Promise<void>): Promise<void> {
  const words = async function* (): AsyncGenerator<string> {
    yield "one";
    yield "two";
    await until;
    yield "three";
  };
  const read: string[] = [];
  for await (const word of collector.trackStream("chat", words(), { model: "m" })) read.push(word);
}

async function send(
  app: Hono,
  path: string,
  body: string,
  headers: Readonly<Record<string, string>>,
  env: object = {},
): Promise<void> {
  await (await app.request(path, { method: "POST", body, headers }, env)).text();
}
