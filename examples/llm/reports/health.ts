import type { Collector } from "@rumkit/server";
import type { catalog } from "../catalog.ts";
import type { Queue } from "../queue.ts";

/** Something that takes points from the score. */
interface Reason {
  readonly subject: "collector" | "queue" | "alert" | "server";
  readonly points: number;
  readonly message: string;
}

export interface Health {
  readonly status: "healthy" | "degraded" | "unhealthy";
  /** 100 minus the points of all reasons, 0 at least. Below 50 the API is unhealthy. */
  readonly score: number;
  readonly reasons: readonly Reason[];
  readonly queue: { readonly waiting: number; readonly places: number; readonly running: number };
  readonly collector: object;
}

/** An alert of the collector, as far as it is read here. */
interface Alert {
  readonly name: string;
  readonly summary: string;
  readonly state: string;
  readonly severity: "critical" | "warning" | "info";
}

const ALERT_POINTS = { critical: 40, warning: 20, info: 5 };

export interface HealthOptions {
  readonly collector: Collector<typeof catalog>;
  readonly queue: Queue;
  readonly places: number;
  /** Aborts when no new request is answered any more. */
  readonly draining: AbortSignal;
}

/** Judges the API by the collector's readiness, by its alerts that fire, and by the queue. */
export async function judgeHealth({ collector, queue, places, draining }: HealthOptions): Promise<Health> {
  const ask = async (path: string): Promise<unknown> => (await collector.app.request(path)).json();
  const readiness = (await ask("/readyz")) as { status: string };
  const { alerts } = (await ask("/api/rumkit/alerts")) as { alerts: readonly Alert[] };
  const reasons: Reason[] = alerts
    .filter(({ state }) => state === "firing")
    .map(({ name, summary, severity }) => {
      return { subject: "alert", points: ALERT_POINTS[severity], message: `${name}: ${summary}` };
    });
  const { waiting, running } = queue;
  if (places > 0 && waiting >= places / 2) {
    const message = `${waiting} requests wait, of ${places} that may: send fewer, or start it with more --slots.`;
    reasons.push({ subject: "queue", points: waiting >= places ? 40 : 15, message });
  }
  if (readiness.status !== "ready") {
    const message = "The collector takes no more events: its checks say why.";
    reasons.push({ subject: "collector", points: 60, message });
  }
  if (draining.aborted) reasons.push({ subject: "server", points: 100, message: "The server stops." });
  const score = Math.max(0, 100 - reasons.reduce((sum, { points }) => sum + points, 0));
  const status = score === 100 ? "healthy" : score >= 50 ? "degraded" : "unhealthy";
  return { status, score, reasons, queue: { waiting, places, running }, collector: readiness };
}
