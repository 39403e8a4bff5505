import { randomUUID } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Broker, type Collector, createCollector, openBroker, openSqliteJournal } from "@rumkit/server";
import { expectSoon } from "../expectSoon.ts";
import { catalog } from "../kills/catalog.ts";
import { addTally, readTally, type Tally } from "../kills/tally.ts";
import { parseExposition, type Scrape } from "../scrape.ts";

/** An aggregator in this process. */
interface RunningAggregator {
  readonly name: string;
  readonly collector: Pick<Collector<typeof catalog>, "app">;
  /** The sentences for its operator. */
  readonly notices: readonly string[];
  scrape(): Promise<Scrape>;
  tally(): Promise<Tally>;
  /** The status of `/readyz`. */
  readiness(): Promise<number>;
  stop(): Promise<void>;
}

/** A live role in this process. */
interface RunningLive {
  readonly collector: Pick<Collector<typeof catalog>, "app">;
}

/** The aggregators of an app over one log, with separate journals. */
export interface Aggregators {
  /** The log, as an edge has it. */
  readonly edge: Broker;
  readonly app: string;
  /** Starts an aggregator. The same name has the same journal, unless another folder is named. */
  start(name: string, options?: StartOptions): Promise<RunningAggregator>;
  /** Starts a live role over all of them. */
  startLive(name: string, options: Required<Pick<StartOptions, "catalog">>): Promise<RunningLive>;
  /** The counts of all that run, together. */
  tally(): Promise<Tally>;
  /** Resolves when all that was published is counted. */
  caughtUp(): Promise<void>;
  stop(): Promise<void>;
}

interface StartOptions {
  readonly folder?: string;
  readonly catalog?: object;
}

interface AggregatorsOptions {
  readonly url: string;
  /** Default 4. */
  readonly partitions?: number;
  readonly duplicateWindowMs?: number;
  /** The address to which all of them push each second. Default none. */
  readonly pushTo?: string;
}

/** Each call is another app, so that tests share one server. */
export async function startAggregators({
  url,
  partitions = 4,
  pushTo,
  ...more
}: AggregatorsOptions): Promise<Aggregators> {
  const app = `test-${randomUUID().slice(0, 8)}`;
  const root = mkdtempSync(join(tmpdir(), "rumkit-aggregators-"));
  const open = (): Promise<Broker> =>
    openBroker({ url, app, partitions, allowUnsafe: true, log: { warn: () => {} }, ...more });
  const edge = await open();
  const running = new Set<RunningAggregator>();

  const startRole = async (
    role: "aggregate" | "live",
    name: string,
    { folder = name, ...given }: StartOptions,
  ) => {
    const broker = await open();
    const journal = await openSqliteJournal({ path: join(root, `${folder}.journal`) });
    const notices: string[] = [];
    const tell = (_fields: object, message: string): void => void notices.push(message);
    const collector = createCollector({
      catalog: (given.catalog ?? catalog) as typeof catalog,
      journal,
      runtimeMetrics: false,
      exceptions: false,
      environment: "production",
      log: { info: () => {}, warn: tell, error: tell },
      ...(pushTo !== undefined && {
        remoteWrite: { url: pushTo, intervalMs: 1_000, allowPrivateAddresses: ["127.0.0.1"] },
      }),
      cluster: { role, broker, name },
    });
    const stop = async (): Promise<void> => {
      await collector.stop();
      await broker.close();
    };
    return { collector, notices, stop };
  };
  const start: Aggregators["start"] = async (name, options = {}) => {
    const { collector, notices, stop } = await startRole("aggregate", name, options);
    const scrape = async (): Promise<string> => (await collector.app.request("/metrics")).text();
    const aggregator: RunningAggregator = {
      name,
      collector,
      notices,
      scrape: async () => parseExposition(await scrape()),
      tally: async () => readTally(await scrape()),
      readiness: async () => (await collector.app.request("/readyz")).status,
      stop: () => {
        running.delete(aggregator);
        return stop();
      },
    };
    running.add(aggregator);
    return aggregator;
  };
  const lives: { readonly stop: () => Promise<void> }[] = [];
  return {
    edge,
    app,
    start,
    startLive: async (name, options) => {
      const live = await startRole("live", name, options);
      lives.push(live);
      return live;
    },
    tally: async () => {
      const sum: Tally = {};
      for (const aggregator of running) addTally(sum, await aggregator.tally());
      return sum;
    },
    caughtUp: async () => {
      const ends = await Promise.all(
        Array.from({ length: partitions }, async (_, partition) => {
          const { last } = await edge.bounds(`batches.${partition}`);
          return [`rum_log_position_total{partition="${partition}"}`, last] as const;
        }),
      );
      await expectSoon(async () => {
        const scrapes = await Promise.all([...running].map((aggregator) => aggregator.scrape()));
        return ends.every(([series, last]) => scrapes.some((values) => (values.get(series) ?? 0) >= last));
      }).toBe(true);
    },
    stop: async () => {
      await Promise.all([...running, ...lives].map((role) => role.stop()));
      await edge.close();
      rmSync(root, { recursive: true });
    },
  };
}
