import { perMinute, ratioOf, type Sum, sumBy } from "../promql/expression.ts";
import { highestFirst, highestOf, lowestFirst } from "../promql/ranking.ts";
import { RANGE, RATE_INTERVAL } from "../promql/window.ts";
import type { QueryPanel } from "./board.ts";
import type { BoardContext, BoardSpec } from "./boardSpec.ts";
import {
  commitDuration,
  diskFree,
  journalErrors,
  journalFailing,
  journalSize,
  waiting,
} from "./journalPanels.ts";
import { pushLag, pushRequests } from "./pushPanels.ts";
import { OPERATIONS_TIME } from "./ranges.ts";
import { queryOf, ratesByPerMinute } from "./rateQueries.ts";

/** The collector about itself: what the other boards do not know. */
export const collector: BoardSpec = {
  name: "collector",
  title: "Collector",
  description: "What the collector took, refused and lost: how far the other boards can be trusted.",
  ...OPERATIONS_TIME,
  describe: (context) => [
    {
      title: "Batches and events",
      rows: [
        [ready(context), overload(context), viewers(context), lost(context)],
        [accepted(context), refused(context), dropped(context)],
      ],
    },
    { title: "Collector", rows: [[waiting(context), series(context), seriesCount(context)]] },
    {
      title: "Journal",
      collapsed: true,
      rows: [
        [journalFailing(context), diskFree(context)],
        [commitDuration(context), journalSize(context), journalErrors(context)],
      ],
    },
    {
      title: "Scrapes and access",
      collapsed: true,
      rows: [
        [scrapes(context), denied(context)],
        [collectDuration(context), services(context)],
      ],
    },
    { title: "Push", collapsed: true, rows: [[pushLag(context), pushRequests(context)]] },
  ],
};

function ready({ promql }: BoardContext): QueryPanel {
  const [, instance] = promql.process;
  return {
    name: "ready",
    title: "Ready",
    description:
      "Whether an instance takes more events. When it is red, look at its journal and its disk below: load balancers send it nothing.",
    kind: "stat",
    queries: queryOf(promql, "rum_ready", `{{${instance}}}`, (metric) =>
      lowestFirst(sumBy([instance], promql.gauge(metric))),
    ),
    states: { "0": { text: "not ready", color: "red" }, "1": { text: "ready", color: "green" } },
  };
}

function overload({ promql }: BoardContext): QueryPanel {
  const [, instance] = promql.process;
  return {
    name: "overload",
    title: "Overload",
    description:
      "What an instance leaves out because there is too much: 0 nothing, 1 clicks and the like, 2 all but conversions, money and errors, 3 all. When it is red, run more instances, or sample in the page.",
    kind: "stat",
    queries: queryOf(promql, "rum_overload_level", `{{${instance}}}`, (metric) =>
      highestFirst(sumBy([instance], promql.gauge(metric))),
    ),
    thresholds: [
      { value: null, color: "green" },
      { value: 1, color: "orange" },
      { value: 2, color: "red" },
    ],
  };
}

function viewers({ promql }: BoardContext): QueryPanel {
  return {
    name: "viewers",
    title: "Viewers of the live page",
    description:
      "Live streams that are open. When it is at the limit, further viewers are refused: close pages that are forgotten.",
    kind: "stat",
    queries: queryOf(promql, "rum_live_clients", "viewers", (metric) => sumBy([], promql.gauge(metric))),
  };
}

function lost({ promql }: BoardContext): QueryPanel {
  return {
    name: "lost",
    title: "Batches in total: received, and lost on the way",
    description:
      "Batches in the time shown, and gaps in the numbers that sessions give them: sent, and never received. When more than a few in a hundred are lost, look at proxies and at content blockers; the other boards are low by about that share.",
    kind: "stat",
    queries: Object.entries({
      rum_batches_accepted_total: "received",
      rum_batches_lost_total: "lost",
    }).flatMap(([family, legend]) =>
      queryOf(promql, family, legend, (metric) => sumBy([], promql.increase(metric, RANGE))),
    ),
  };
}

function accepted({ promql }: BoardContext): QueryPanel {
  return {
    name: "accepted",
    title: "Events per minute by outcome",
    description:
      "Events of pages that were counted, that came again, and that were left out because there were too many. When duplicates rise, answers to pages are lost on their way: look at the load balancer.",
    kind: "timeseries",
    queries: Object.entries({
      rum_events_accepted_total: "accepted",
      rum_events_duplicate_total: "duplicate",
      rum_events_overload_total: "left out",
      rum_events_bot_total: "of bots",
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
      "Requests to /collect that were refused, and events in batches that were counted. When a new reason appears, there is another client, a revoked key or a proxy that breaks bodies.",
    kind: "timeseries",
    hidesZeros: true,
    queries: ratesByPerMinute(promql, "reason", {
      rum_batches_rejected_total: "{{reason}} (batches)",
      rum_events_rejected_total: "{{reason}} (events)",
      rum_tracked_events_rejected_total: "{{reason}} (backend)",
    }),
  };
}

function dropped({ promql }: BoardContext): QueryPanel {
  return {
    name: "dropped",
    title: "Events that pages lost per minute by reason",
    description:
      "Events that pages report as lost before they were sent, by reason. When queue_full rises, a page reports more than it can send: look for an event in a loop.",
    kind: "timeseries",
    hidesZeros: true,
    queries: ratesByPerMinute(promql, "reason", { rum_events_dropped_total: "{{reason}}" }),
  };
}

function series({ promql }: BoardContext): QueryPanel {
  return {
    name: "series-folded",
    title: "Folded samples per minute by metric",
    description:
      "Samples that count under __other__, because a label has more values than its budget allows. When a metric appears here, declare patterns for its label, or raise the budget.",
    kind: "timeseries",
    queries: ratesByPerMinute(promql, "metric", { rum_series_folded_total: "{{metric}}" }),
  };
}

/** Metrics that the catalog declares in full have no series here. Each process has its own budget. */
function seriesCount({ promql }: BoardContext): QueryPanel {
  const [, instance] = promql.process;
  const ofProcess = (metric: string): Sum => sumBy([instance], promql.gauge(metric));
  return {
    name: "series",
    title: "Open series against the budget",
    description:
      "Series of the metrics whose labels can have new values, as a share of the number above which new ones fold, of the process that is closest to it. When it is red, `rumkit check` names the metrics that may have most: declare their values.",
    kind: "gauge",
    queries: queryOf(promql, "rum_series", "series", (metric) => ({
      ...highestOf(ratioOf(ofProcess(metric), ofProcess("rum_series_limit"))),
      highest: 1,
    })),
    thresholds: [
      { value: null, color: "green" },
      { value: 0.7, color: "orange" },
      { value: 0.9, color: "red" },
    ],
  };
}

function scrapes({ promql }: BoardContext): QueryPanel {
  return {
    name: "scrapes",
    title: "Requests to /metrics per minute by outcome",
    description:
      "Requests to /metrics. When another outcome than complete rises, Prometheus gives up before the end: raise its scrape_timeout, or its limits.",
    kind: "timeseries",
    hidesZeros: true,
    queries: ratesByPerMinute(promql, "outcome", { rum_scrapes_total: "{{outcome}}" }),
  };
}

function denied({ promql }: BoardContext): QueryPanel {
  return {
    name: "denied",
    title: "Denied requests per minute by scope",
    description:
      "Requests whose secret, or whose name in Host, does not open what they asked for. When it rises, a client has an old secret, or someone guesses.",
    kind: "timeseries",
    hidesZeros: true,
    queries: ratesByPerMinute(promql, "scope", { rum_access_denied_total: "{{scope}}" }),
  };
}

function collectDuration({ promql }: BoardContext): QueryPanel {
  return {
    name: "collect-duration",
    title: "Time to take a batch",
    description:
      "Batches by the time to take them: the brighter, the more. When a band appears above 0.01 s, the disk of the journal or the CPU is too slow.",
    kind: "heatmap",
    queries: queryOf(promql, "rum_collect_duration_seconds", "{{le}}", (metric) =>
      sumBy(["le"], promql.bucketIncrease(metric, RATE_INTERVAL)),
    ),
  };
}

function services({ promql }: BoardContext): QueryPanel {
  return {
    name: "services",
    title: "Values of services per minute by outcome",
    description:
      "Values that services send to /ingest, and that were taken; with the reasons of those that were not. When a reason appears, the sender's log has the answer with the details.",
    kind: "timeseries",
    hidesZeros: true,
    queries: [
      ...queryOf(promql, "rum_ingest_items_accepted_total", "accepted", (metric) =>
        perMinute(sumBy([], promql.rate(metric, RATE_INTERVAL))),
      ),
      ...ratesByPerMinute(promql, "reason", { rum_ingest_items_rejected_total: "{{reason}}" }),
    ],
  };
}
