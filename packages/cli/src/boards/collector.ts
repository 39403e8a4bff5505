import { perMinute, sumBy } from "../promql/expression.ts";
import { RATE_INTERVAL } from "../promql/window.ts";
import type { QueryPanel } from "./board.ts";
import type { BoardContext, BoardSpec } from "./boardSpec.ts";
import { OPERATIONS_TIME } from "./ranges.ts";
import { queryOf, ratesByPerMinute } from "./rateQueries.ts";

/** The collector about itself: what the other boards do not know. */
export const collector: BoardSpec = {
  name: "collector",
  title: "Collector",
  description: "What the collector took, refused and lost: how far the other boards can be trusted.",
  ...OPERATIONS_TIME,
  describe: (context) => [
    { title: "Batches and events", rows: [[accepted(context), refused(context)]] },
    { title: "Collector", rows: [[waiting(context), series(context)]] },
  ],
};

function accepted({ promql }: BoardContext): QueryPanel {
  return {
    name: "accepted",
    title: "Events per minute by outcome",
    description:
      "Events of pages that were counted, that came again, and that were left out because there were too many.",
    kind: "timeseries",
    queries: Object.entries({
      rum_events_accepted_total: "accepted",
      rum_events_duplicate_total: "duplicate",
      rum_events_overload_total: "left out",
    }).flatMap(([family, legend]) =>
      queryOf(promql, family, legend, (metric) => perMinute(sumBy([], promql.rate(metric, RATE_INTERVAL)))),
    ),
  };
}

function refused({ promql }: BoardContext): QueryPanel {
  return {
    name: "refused",
    title: "Refused batches and events per minute by reason",
    description:
      "Requests to /collect that were refused, and events in batches that were counted. A new reason means another client, a revoked key or a proxy that breaks bodies.",
    kind: "timeseries",
    queries: ratesByPerMinute(promql, "reason", {
      rum_batches_rejected_total: "{{reason}} (batches)",
      rum_events_rejected_total: "{{reason}} (events)",
    }),
  };
}

function waiting({ promql }: BoardContext): QueryPanel {
  return {
    name: "journal-waiting",
    title: "Oldest entry that waits for the disk",
    description: "Age of the oldest entry that is not durable yet. Above 5 s the disk of the journal hangs.",
    kind: "timeseries",
    queries: queryOf(promql, "rum_journal_waiting_seconds", `{{${promql.process[1]}}}`, (metric) =>
      sumBy([promql.process[1]], promql.gauge(metric)),
    ),
  };
}

function series({ promql }: BoardContext): QueryPanel {
  return {
    name: "series-folded",
    title: "Folded samples per minute by metric",
    description:
      "Samples that count under __other__, because a label has more values than its budget allows. Declare patterns, or raise the budget.",
    kind: "timeseries",
    queries: ratesByPerMinute(promql, "metric", { rum_series_folded_total: "{{metric}}" }),
  };
}
