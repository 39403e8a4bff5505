/** Names that a catalog gives to families, and aliases: each mistake has its place and a remedy. */
import { describe, expect, test } from "vitest";
import { draftMetrics, findCatalogFaults } from "../collector/parts.ts";

const help = "Things.";
const action = (name: string): object => ({ actions: { borrow: { help, from: "server", name } } });
const measured = (name: string): object => ({
  measurements: { wait: { help, unit: "seconds", buckets: [1], name } },
});

function faultsOf(parts: object): readonly string[] {
  return draftMetrics({ app: "lab", routes: [], ...parts }).faults;
}

describe("a name is refused with its place and a remedy", () => {
  test.each([
    [
      "no name",
      action(""),
      'actions.borrow.name must be a metric name in snake_case, e.g. "license_borrows_total", not "".',
    ],
    [
      "dashes",
      action("license-borrows"),
      'actions.borrow.name must be a metric name in snake_case, e.g. "license_borrows_total", not "license-borrows".',
    ],
    [
      "a counter without its suffix",
      action("license_borrows"),
      'actions.borrow.name must end in _total, as counters do: "license_borrows_total".',
    ],
    [
      "the prefix of the collector",
      action("rum_borrows_total"),
      'actions.borrow.name must not begin with rum_, as what the collector itself names: "rum_borrows_total". Use "borrows_total".',
    ],
    [
      "a name of the process",
      action("process_cpu_seconds_total"),
      'actions.borrow.name is a name of the Node.js process or of Prometheus: "process_cpu_seconds_total". Put the app\'s name first.',
    ],
    [
      "a name of Prometheus",
      { gauges: { a: { help, name: "up" } } },
      'gauges.a.name is a name of the Node.js process or of Prometheus: "up". Put the app\'s name first.',
    ],
    [
      "a histogram as a counter",
      measured("wait_seconds_total"),
      'measurements.wait.name must not end in _total, as counters do. Use "wait_seconds".',
    ],
    [
      "a series of a histogram",
      measured("wait_seconds_sum"),
      'measurements.wait.name must not end in _sum, which Prometheus adds to names of series. Use "wait_seconds".',
    ],
    [
      "a histogram without its unit",
      measured("waiting"),
      'measurements.wait.name must end in its unit: "waiting_seconds".',
    ],
    [
      "a family of the collector",
      action("http_requests_total"),
      'actions.borrow.name is a family of the collector or of another entry: "http_requests_total". Take another name.',
    ],
    [
      "its own derived family",
      { ...action("loads_total"), ingested: { loads: { help, type: "counter" } } },
      'actions.borrow.name is a family of the collector or of another entry: "loads_total". Take another name.',
    ],
    [
      "one name twice",
      { ...action("a_total"), conversions: { sale: { help, from: "server", name: "a_total" } } },
      'actions.borrow.name is the name of conversions.sale.name, too: "a_total". Rename one of them.',
    ],
    [
      "one family of OpenMetrics",
      { ...action("loads_total"), gauges: { loads: { help } } },
      'actions.borrow.name is one family with loads in OpenMetrics: "loads_total". Rename one of them.',
    ],
    [
      "an unknown part of a job",
      { jobs: { clip: { help, names: { queued: "a_total" } } } },
      "jobs.clip.names.queued is unknown here. Known: accepted, inFlight, duration, outcomeLabel.",
    ],
    [
      "a duration without its unit",
      { jobs: { clip: { help, names: { duration: "clip_latency" } } } },
      'jobs.clip.names.duration must end in its unit: "clip_latency_seconds".',
    ],
    [
      "a label without a family",
      { jobs: { clip: { help, names: { outcomeLabel: "status" } } } },
      "jobs.clip.names.outcomeLabel needs duration, the family that has the label.",
    ],
    [
      "a label of Prometheus",
      { jobs: { clip: { help, names: { duration: "clip_seconds", outcomeLabel: "job" } } } },
      "jobs.clip.names.outcomeLabel is a reserved label name. Take another, e.g. item_job.",
    ],
    [
      "an ingested counter",
      { ingested: { a: { help, type: "counter", name: "loads" } } },
      'ingested.a.name must end in _total, as counters do: "loads_total".',
    ],
    [
      "an ingested histogram",
      { ingested: { a: { help, type: "histogram", unit: "bytes", buckets: [1], name: "load" } } },
      'ingested.a.name must end in its unit: "load_bytes".',
    ],
  ])("%s", (_, parts, fault) => {
    const faults = faultsOf(parts);
    expect(faults[0]).toBe(fault);
    const found = findCatalogFaults({ app: "lab", routes: [], ...parts });
    expect(found[0]?.text).toBe(fault);
  });
});

describe("an alias is refused with its place and a remedy", () => {
  const aliased = (aliases: unknown): readonly string[] => faultsOf({ aliases });
  test.each([
    [
      "an unknown family",
      { views_total: "rum_page_view_total" },
      'aliases.views_total is not of a metric of this catalog: "rum_page_view_total". Did you mean "rum_page_views_total"?',
    ],
    [
      "a series of a histogram",
      { loads: "rum_page_load_seconds_bucket" },
      'aliases.loads is not of a metric of this catalog: "rum_page_load_seconds_bucket". Did you mean "rum_page_load_seconds"?',
    ],
    [
      "a property of objects",
      { loads: "constructor" },
      'aliases.loads is not of a metric of this catalog: "constructor". rumkit generate --docs lists them.',
    ],
    [
      "an alias of an alias",
      { a_total: "rum_page_views_total", b_total: "a_total" },
      'aliases.b_total is not of a metric of this catalog: "a_total".',
    ],
    [
      "a family of the collector",
      { http_requests_total: "rum_page_views_total" },
      'aliases.http_requests_total is a family of the collector or of another entry: "http_requests_total". Take another name.',
    ],
    [
      "the prefix of the collector",
      { rum_views_total: "rum_page_views_total" },
      'aliases.rum_views_total must not begin with rum_, as what the collector itself names: "rum_views_total". Use "views_total".',
    ],
    [
      "a name that is not one",
      { "page views": "rum_page_views_total" },
      'aliases["page views"] must be a metric name in snake_case.',
    ],
    [
      "a histogram as a counter",
      { loads_total: "rum_page_load_seconds" },
      'aliases.loads_total must not end in _total: rum_page_load_seconds is a histogram. Use "loads".',
    ],
    ["a list", { views_total: ["rum_page_views_total"] }, "aliases.views_total must be a text"],
    [
      "an unknown key",
      { views_total: { metric: "rum_page_views_total", labels: {} } },
      "aliases.views_total.metric is unknown here.",
    ],
    [
      "an unknown label",
      { loads: { of: "rum_page_load_seconds", labels: { step: "load" } } },
      "aliases.loads.labels.step is not a label of rum_page_load_seconds. Its labels: ",
    ],
    [
      "an unknown value",
      { loads: { of: "rum_page_load_seconds", labels: { phase: "end" } } },
      'aliases.loads.labels.phase is never "end" in rum_page_load_seconds. Its values: ',
    ],
    [
      "a value that is not a text",
      { loads: { of: "rum_page_load_seconds", labels: { phase: 1 } } },
      "aliases.loads.labels.phase must be a text, not 1.",
    ],
    [
      "too many",
      Object.fromEntries(
        Array.from({ length: 101 }, (_, place) => [`v${place}_total`, "rum_page_views_total"]),
      ),
      "aliases has 101 aliases; 100 at most.",
    ],
  ])("%s", (_, aliases, fault) => {
    expect(aliased(aliases)[0]).toContain(fault);
  });

  test("and an alert names the family itself", () => {
    const faults = faultsOf({
      aliases: { views_total: "rum_page_views_total" },
      alerts: { quiet: { when: { rate: "views_total", below: 1 } } },
    });
    expect(faults).toEqual([
      "alerts.quiet.when.rate is an alias: views_total. Name its family, rum_page_views_total.",
    ]);
  });
});

test("an alert may name a family by its chosen name", () => {
  const alerts = { many: { when: { rate: "license_borrows_total", above: 1 } } };
  expect(faultsOf({ ...action("license_borrows_total"), alerts })).toEqual([]);
});

test.each([
  [
    "a name of the collector",
    { measurements: { lcp: { help: "Paint.", unit: "seconds", buckets: [1] } } },
    "measurements.lcp becomes the metric rum_lcp_seconds, which the collector itself has. Rename it.",
  ],
  [
    "the name of another entry",
    { ingested: { "a.b": { help: "A.", type: "gauge" }, "a-b": { help: "B.", type: "gauge" } } },
    "ingested.a-b becomes the metric a_b, as ingested.a.b does. Rename one of them.",
  ],
])("a name that becomes %s is reported once, at its entry", (_, parts, fault) => {
  expect(faultsOf(parts)).toEqual([fault]);
});
