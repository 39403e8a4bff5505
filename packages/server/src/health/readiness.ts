import type { Context, Handler } from "hono";
import type { Journal, JournalState } from "../journal/journal.ts";
import type { JournalErrorCode } from "../journal/journalError.ts";

/** The limits at which a collector is not ready to take more. */
export interface ReadinessLimits {
  /** Milliseconds that an entry may wait for the disk. Default 5,000: a healthy disk syncs within milliseconds. */
  readonly journalWaitMs?: number | undefined;
  /** Bytes that must be free on the journal's disk. Default 64 MiB: eight logs between two checkpoints. */
  readonly freeBytes?: number | undefined;
}

export interface ReadinessOptions extends ReadinessLimits {
  readonly isDraining: () => boolean;
  readonly journal: Journal;
  /** Returns the number of series, and their limit. */
  readonly series: () => { readonly used: number; readonly limit: number };
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
  };
}

/**
 * `GET /readyz`: 200 if more can be taken, 503 if a load balancer should choose another instance.
 *
 * @param seesFigures Returns true if the client may learn how full and how large everything is.
 */
export function createReadyRoute(options: ReadinessOptions, seesFigures: (c: Context) => boolean): Handler {
  return function readyz(c) {
    const readiness = readinessOf(options);
    return c.json(
      seesFigures(c) ? readiness : withoutFigures(readiness),
      readiness.status === "ready" ? 200 : 503,
      { "cache-control": "no-store" },
    );
  };
}

function withoutFigures({ status, checks: { journal, disk, series } }: Readiness): Readiness {
  return {
    status,
    checks: {
      journal: { ok: journal.ok, durable: journal.durable },
      ...(disk && { disk: { ok: disk.ok } }),
      series: { ok: series.ok },
    },
  };
}

/** Decides whether more can be taken: the status of `/readyz`. */
export function isReady(options: ReadinessOptions): boolean {
  return readinessOf(options).status === "ready";
}

function readinessOf(options: ReadinessOptions): Readiness {
  const { isDraining, journal, series, journalWaitMs = 5_000, freeBytes = 67_108_864 } = options;
  const state = journal.state?.();
  const { used, limit } = series();
  const checks = {
    journal: checkJournal(state, journal.durable, journalWaitMs),
    ...(state && { disk: { ok: state.freeBytes >= freeBytes, freeBytes: state.freeBytes } }),
    series: { ok: used < limit, used, limit },
  };
  const isWell = checks.journal.ok && checks.disk?.ok !== false;
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
