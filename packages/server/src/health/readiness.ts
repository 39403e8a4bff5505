import type { Context, Handler } from "hono";
import type { Journal, JournalErrorCode, JournalState } from "../journal/journal.ts";
import { collectorCounter } from "../metrics/describeFamily.ts";
import type { PartDefinition, SpoolCheck } from "../part/part.ts";

/** The limits at which a collector is not ready to take more. */
export interface ReadinessLimits {
  /** Milliseconds that an entry may wait for the disk. Default 5,000: a healthy disk syncs within milliseconds. */
  readonly journalWaitMs?: number | undefined;
  /** Bytes that must be free on the journal's disk. Default 64 MiB: eight logs between two checkpoints. */
  readonly freeBytes?: number | undefined;
}

interface ReadinessOptions extends ReadinessLimits {
  readonly isDraining: () => boolean;
  readonly journal: Journal;
  /** Returns the number of series, and their limit. */
  readonly series: () => { readonly used: number; readonly limit: number };
  /** False while another part of the collector can take no more. Default true. */
  readonly isRestReady?: () => boolean;
  /** Returns the state of the spool of an edge. */
  readonly spool?: () => SpoolCheck | undefined;
}

/**
 * The answer to `GET /readyz`. It contains no path and no text of a user. Only readers who may read `/metrics` see the
 * numbers; others see which check fails.
 */
export interface Readiness {
  readonly status: "ready" | "not_ready" | "draining";
  readonly checks: {
    /** `waitingMs` is the age of the oldest entry that is not durable yet. */
    readonly journal: {
      readonly ok: boolean;
      readonly durable: boolean;
      readonly pendingEntries?: number;
      readonly waitingMs?: number;
      /** The reason why the journal cannot store anything. */
      readonly failing?: JournalErrorCode;
    };
    /** Left out for a journal without a disk. */
    readonly disk?: { readonly ok: boolean; readonly freeBytes?: number };
    /**
     * Past the limit new label sets fold, but every sample still counts. So this is reported, but does not make the
     * collector unready.
     */
    readonly series: { readonly ok: boolean; readonly used?: number; readonly limit?: number };
    /** Of an edge. While the log is away and the spool has room, it is `in_use`, and the edge is ready. */
    readonly spool?: SpoolCheck;
  };
}

/** `GET /healthz` and `GET /readyz`, and the readiness as a metric. */
export const healthPart: PartDefinition<{ readonly readiness?: ReadinessLimits }> = {
  describe: () => [
    {
      ...collectorCounter("rum_ready", "1 while /readyz answers that more can be taken, else 0."),
      type: "gauge",
      acrossProcesses: "min",
    },
  ],
  start: ({ recorder, journal, isDraining, opens, areReady, spoolCheck }, { readiness }) => {
    const options: ReadinessOptions = {
      ...readiness,
      isDraining,
      journal,
      series: () => recorder.tally.process,
      isRestReady: areReady,
      spool: spoolCheck,
    };
    return {
      routes: [
        { method: "GET", path: "/healthz", handler: (c) => c.json({ status: "alive" }) },
        { method: "GET", path: "/readyz", handler: createReadyRoute(options, opens("metrics")) },
      ],
      show: () => recorder.record({ metric: "rum_ready", labels: {}, value: isReady(options) ? 1 : 0 }),
    };
  },
};

/**
 * `GET /readyz`: 200 if more can be taken, 503 if a load balancer should choose another instance.
 *
 * @param seesFigures Returns true if the client may learn how full and how large everything is.
 */
function createReadyRoute(options: ReadinessOptions, seesFigures: (c: Context) => boolean): Handler {
  return function readyz(c) {
    const readiness = readinessOf(options);
    return c.json(
      seesFigures(c) ? readiness : withoutFigures(readiness),
      readiness.status === "ready" ? 200 : 503,
      { "cache-control": "no-store" },
    );
  };
}

function withoutFigures({ status, checks: { journal, disk, series, spool } }: Readiness): Readiness {
  return {
    status,
    checks: {
      journal: { ok: journal.ok, durable: journal.durable },
      ...(disk && { disk: { ok: disk.ok } }),
      series: { ok: series.ok },
      ...(spool && { spool: { ok: spool.ok, state: spool.state } }),
    },
  };
}

/** Decides whether more can be taken: the status of `/readyz`. */
function isReady(options: ReadinessOptions): boolean {
  return readinessOf(options).status === "ready";
}

function readinessOf(options: ReadinessOptions): Readiness {
  const { isDraining, journal, series, isRestReady = () => true } = options;
  const { journalWaitMs = 5_000, freeBytes = 67_108_864 } = options;
  const state = journal.state?.();
  const { used, limit } = series();
  const spool = options.spool?.();
  const checks = {
    journal: checkJournal(state, journal.durable, journalWaitMs),
    ...(state && { disk: { ok: state.freeBytes >= freeBytes, freeBytes: state.freeBytes } }),
    series: { ok: used < limit, used, limit },
    ...(spool && { spool }),
  };
  const isWell = checks.journal.ok && checks.disk?.ok !== false && isRestReady();
  return { status: isDraining() ? "draining" : isWell ? "ready" : "not_ready", checks };
}

function checkJournal(
  state: JournalState | undefined,
  durable: boolean,
  journalWaitMs: number,
): Readiness["checks"]["journal"] {
  const { pendingEntries = 0, waitingMs = 0, failing } = state ?? {};
  return {
    ok: !failing && waitingMs <= journalWaitMs,
    durable,
    pendingEntries,
    waitingMs: Math.round(waitingMs),
    ...(failing && { failing: failing.code }),
  };
}
