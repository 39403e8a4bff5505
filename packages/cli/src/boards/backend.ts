import { sumBy } from "../promql/expression.ts";
import { RATE_INTERVAL } from "../promql/window.ts";
import type { QueryPanel } from "./board.ts";
import type { BoardContext, BoardFilter, BoardSpec } from "./boardSpec.ts";
import {
  duration,
  durationByRoute,
  durationSpread,
  failuresByRoute,
  inFlight,
  requestErrorRatio,
  requests,
  sizes,
  statuses,
} from "./httpPanels.ts";
import { measurements } from "./measurements.ts";
import { OPERATIONS_TIME } from "./ranges.ts";

/** Routes of the backend, under either of the names that the catalog selects. They are not the routes of pages. */
const ROUTES: readonly BoardFilter[] = [
  { name: "http_route", label: "route", title: "Route", metric: "http_requests_total" },
  {
    name: "http_route",
    label: "http_route",
    title: "Route",
    metric: "http_server_request_duration_seconds",
  },
];

/** The HTTP server of the app. */
export const backend: BoardSpec = {
  name: "backend",
  title: "Backend",
  description: "Requests to the backend: how many, how many fail, and how long they take.",
  ...OPERATIONS_TIME,
  filters: ROUTES,
  describe: (context) => [
    {
      title: "Requests",
      rows: [
        [requests(context), requestErrorRatio(context), duration(context)],
        [durationByRoute(context), failuresByRoute(context)],
      ],
    },
    { title: "Measurements", rows: [measurements(context, "server")] },
    {
      title: "Requests in detail",
      collapsed: true,
      rows: [
        [durationSpread(context), statuses(context)],
        [inFlight(context), sizes(context)],
      ],
    },
    {
      title: "Processes",
      collapsed: true,
      rows: [[targets(context)], [cpu(context), memory(context), eventLoop(context)]],
    },
  ],
};

/** The targets that Prometheus could read. */
function targets({ promql }: BoardContext): QueryPanel {
  const [, instance] = promql.process;
  return {
    name: "targets",
    title: "Instances",
    description:
      "Each instance over time: up if Prometheus could read it. When one is down, look whether its process runs and answers GET /readyz, and what Prometheus says under Status, Targets.",
    kind: "state-timeline",
    queries: [{ expression: sumBy([instance], promql.gauge("up")), legend: `{{${instance}}}` }],
    states: { "0": { text: "down", color: "red" }, "1": { text: "up", color: "green" } },
  };
}

function cpu({ promql }: BoardContext): QueryPanel {
  const [, instance] = promql.process;
  const { kind: _, ...seconds } = sumBy([instance], promql.rate("process_cpu_seconds_total", RATE_INTERVAL));
  return {
    name: "cpu",
    title: "CPU cores in use by instance",
    description:
      "CPU time of the process for each second, which is the number of cores that it keeps busy. When it is red, JavaScript has no time left: take a CPU profile, or run more instances.",
    kind: "timeseries",
    queries: [{ expression: { ...seconds, unit: "number" }, legend: `{{${instance}}}` }],
    thresholds: [
      { value: null, color: "green" },
      { value: 0.8, color: "orange" },
      { value: 1, color: "red" },
    ],
  };
}

function memory({ promql }: BoardContext): QueryPanel {
  const [, instance] = promql.process;
  const of = (metric: string, legend: string) => ({
    expression: sumBy([instance], promql.gauge(metric)),
    legend: `{{${instance}}} (${legend})`,
  });
  return {
    name: "memory",
    title: "Memory by instance",
    description:
      "Memory of the process, and the part that JavaScript uses. When the heap climbs for hours and never falls, there is a leak: compare two heap snapshots.",
    kind: "timeseries",
    queries: [
      of("process_resident_memory_bytes", "process"),
      of("nodejs_heap_size_used_bytes", "JavaScript"),
    ],
  };
}

function eventLoop({ promql }: BoardContext): QueryPanel {
  const [, instance] = promql.process;
  return {
    name: "event-loop",
    title: "Delay of the event loop, 99th percentile",
    description:
      "One in a hundred turns of the event loop came later than this. When it is red, synchronous work holds up every request: look for large JSON, regular expressions, and files that are read with Sync.",
    kind: "timeseries",
    queries: [
      {
        expression: sumBy([instance], promql.gauge("nodejs_eventloop_lag_p99_seconds")),
        legend: `{{${instance}}}`,
      },
    ],
    thresholds: [
      { value: null, color: "green" },
      { value: 0.1, color: "orange" },
      { value: 0.5, color: "red" },
    ],
  };
}
