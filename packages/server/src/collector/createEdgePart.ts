import type { Catalog } from "@rumkit/protocol";
import { createEdge, type Edge } from "../edge/createEdge.ts";
import type { EdgeEvent, SayEdge } from "../edge/outageReport.ts";
import type { Log } from "../log/log.ts";
import type { PartContext } from "../part/part.ts";
import type { PartOptions } from "./parts.ts";
import { createEdgeWarning } from "./warnings.ts";

/** Starts the edge of a collector with this role; undefined for all others. Throws as `openSpool` does. */
export function startEdge(
  context: PartContext,
  { cluster, log }: PartOptions,
  catalog: Catalog | undefined,
): Edge | undefined {
  if (cluster?.role !== "edge") return undefined;
  const say = log ? logEdge(log, context.catalog.app) : createEdgeWarning();
  return createEdge(cluster, { context, catalog, say, now: Date.now });
}

const SEVERITY = {
  log_away: "warn",
  log_back: "info",
  spool_full: "error",
  spool_torn: "info",
  spool_damaged: "error",
  message_refused: "error",
} as const satisfies Record<EdgeEvent, keyof Log>;

/** Lines of a kind in a minute: a full spool refuses thousands of messages a second. */
const LINES_A_MINUTE = 5;

function logEdge(log: Log, app: string): SayEdge {
  const seen = new Map<EdgeEvent, { readonly since: number; lines: number }>();
  return (kind, sentence) => {
    const now = performance.now();
    const known = seen.get(kind);
    const minute = known && now - known.since < 60_000 ? known : { since: now, lines: 0 };
    seen.set(kind, minute);
    minute.lines += 1;
    if (minute.lines <= LINES_A_MINUTE) log[SEVERITY[kind]]({ kind, app }, sentence);
  };
}
