/** The collector, and in the same process another family of 100,000 counters, scraped the same way. */
import { createCollector, type MetricDescriptor, serveCollector } from "@rumkit/server";
import {
  createExemplars,
  createExposition,
  createMetricsRoute,
  createRecorder,
  describeScrapeMetrics,
} from "@rumkit/server/internal/testing";
import { Hono } from "hono";
import { catalog } from "../batch.ts";
import { announce } from "../servers/announce.ts";
import { labelsOf, NAMES, SERIES, UNBOUNDED } from "./series.ts";

const descriptors: MetricDescriptor[] = [
  {
    name: "bench_total",
    type: "counter",
    help: "For a measurement.",
    unit: "none",
    side: "backend",
    labels: NAMES,
    known: [],
    maxSeries: SERIES,
  },
  ...describeScrapeMetrics(),
];
const { families, record } = createRecorder(descriptors, undefined, UNBOUNDED);
for (let index = 0; index < SERIES; index += 1)
  record({ metric: "bench_total", labels: labelsOf(index), value: index });
const exposition = createExposition({
  families,
  exemplars: createExemplars(Date.now),
  readAppFamilies: async () => [],
  onRender: () => {},
});

const collector = createCollector({ catalog, environment: "production" });
const app = new Hono();
app.get(
  "/large",
  createMetricsRoute({ exposition, record, senderOf: (request) => request.address, onError: console.error }),
);
app.route("/", collector.app);
const server = serveCollector({ collector, fetch: app.fetch });
server.once("listening", () => announce(server));
