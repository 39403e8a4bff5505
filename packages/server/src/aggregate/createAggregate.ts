import { randomUUID } from "node:crypto";
import { setTimeout as wait } from "node:timers/promises";
import { catalogDigest } from "../brokers/catalogDigest.ts";
import { steadyNow } from "../base/steadyNow.ts";
import type { CollectOptions } from "../collect/collectOptions.ts";
import type { IngestOptions } from "../ingest/ingestRoute.ts";
import type { Part, PartContext } from "../part/part.ts";
import type { AggregateOptions } from "./aggregateOptions.ts";
import type { OnNotice } from "./logMoves.ts";
import { createOwner } from "./owner.ts";

/** The products of other parts that an aggregator needs. */
export interface AggregateParts {
  readonly collect: CollectOptions;
  readonly ingest: IngestOptions;
  /** Called with a sentence about something that an operator must know. */
  readonly onNotice: OnNotice;
  /** Called with each failure of the log and of the journal. */
  readonly onFailure: (error: unknown) => void;
}

/** Milliseconds between two looks at the assignment. */
const ROUND_MS = 1_000;

/**
 * Starts an aggregator: it counts the partitions that are assigned to its name. Throws a TypeError without a journal on a
 * disk, because the position in the log is kept with the counts.
 */
export function createAggregate(
  { catalog, recorder, journal }: PartContext,
  { broker, name }: AggregateOptions,
  { collect, ingest, onNotice, onFailure }: AggregateParts,
): Part {
  const { durable, documents, knows } = journal;
  if (!durable || !documents || !knows)
    throw new TypeError(
      "[rumkit] An aggregator needs a journal on a disk, which keeps its position in the log with the counts: openSqliteJournal({ path }).",
    );
  const owner = createOwner({
    broker,
    name,
    run: randomUUID(),
    journal,
    knows,
    recorder,
    collect,
    ingest,
    catalog: collect.app === undefined ? undefined : catalogDigest(catalog),
    onNotice,
    onFailure,
    now: Date.now,
    steadyNow,
  });
  const rounds = repeat(owner.round, onFailure);
  return {
    isReady: () => owner.isReady,
    show: () =>
      recorder.record({ metric: "rum_log_partitions_owned", labels: {}, value: owner.running.size }),
    tick: () => {
      for (const partition of owner.running.values()) partition.tick();
    },
    leave: rounds.stop,
    close: async () => {
      await rounds.ended;
      await owner.stop();
    },
  };
}

/** Runs a function again and again, each time a second after it has ended. */
function repeat(round: () => Promise<void>, onFailure: (error: unknown) => void) {
  const stopping = new AbortController();
  const { signal } = stopping;
  const run = async (): Promise<void> => {
    while (!signal.aborted) {
      await round().catch(onFailure);
      await wait(ROUND_MS, undefined, { signal, ref: false }).catch(() => {});
    }
  };
  return { ended: run(), stop: (): void => stopping.abort() };
}
