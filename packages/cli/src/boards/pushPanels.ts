import { sumBy } from "../promql/expression.ts";
import { highestFirst } from "../promql/ranking.ts";
import type { QueryPanel } from "./board.ts";
import type { BoardContext } from "./boardSpec.ts";
import { queryOf, ratesByPerMinute } from "./rateQueries.ts";

/** Collectors that are scraped have no such series. */
export function pushLag({ promql }: BoardContext): QueryPanel {
  const [, instance] = promql.process;
  return {
    name: "push-lag",
    title: "Age of the newest pushed sample",
    description:
      "How far a Prometheus that gets a push is behind. When it rises, the receiver takes nothing: look at the requests beside it. Empty for collectors that are scraped.",
    kind: "timeseries",
    queries: queryOf(promql, "rum_push_lag_seconds", `{{${instance}}}`, (metric) =>
      highestFirst(sumBy([instance], promql.gauge(metric))),
    ),
  };
}

export function pushRequests({ promql }: BoardContext): QueryPanel {
  return {
    name: "push-requests",
    title: "Requests of the push per minute by outcome",
    description:
      "Requests of remote write. When another outcome than delivered rises, the receiver fails or refuses them: the warning RUMKIT_PUSH has its answer.",
    kind: "timeseries",
    hidesZeros: true,
    queries: ratesByPerMinute(promql, "outcome", { rum_push_requests_total: "{{outcome}}" }),
  };
}
