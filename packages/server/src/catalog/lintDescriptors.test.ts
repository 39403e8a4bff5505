import type { Catalog } from "@rumkit/protocol";
import { describe, expect, test } from "vitest";
import { describeMetrics } from "../collector/parts.ts";
import type { MetricDescriptor } from "../metrics/descriptor.ts";
import { lintCatalog } from "./lintCatalog.ts";
import { lintDescriptors } from "./lintDescriptors.ts";
import { TARGET_LABELS } from "./lintFields.ts";
import { RUNTIME_FAMILIES } from "../registry/runtimeFamilies.ts";

/** A catalog that has something of every kind, so that every family of ours is described. */
const everything: Catalog = {
  app: "shop",
  routes: ["/"],
  actions: { add: { help: "Adds." }, login: { help: "L.", from: "server", family: "user_logins_total" } },
  conversions: {
    wish: { help: "Wishes.", value: { money: ["USD"] } },
    paid: { help: "Paid.", from: "server", value: { money: ["USD"] }, experience: true },
  },
  measurements: { search: { help: "Search.", unit: "seconds", buckets: [1] } },
  features: { dark: { help: "Dark." } },
  jobs: { mail: { help: "Mail." } },
  ingested: { "api.time": { help: "Time.", type: "histogram", unit: "seconds", buckets: [1] } },
  endpoints: ["/api/:id"],
  funnels: { buy: ["page_view:/", "action:add"] },
};

/**
 * Labels of targets as the Prometheus Operator sets them for each `ServiceMonitor` and `PodMonitor`: a label of ours
 * by one of these names would be `exported_…` there, and no panel of ours would find it.
 */
const KUBERNETES_LABELS = ["namespace", "pod", "container", "service", "endpoint", "node"];

describe.each(["classic", "opentelemetry"] as const)("our own families under %s names", (names) => {
  const descriptors = describeMetrics({ ...everything, http: { names } });
  const labels = [...new Set(descriptors.flatMap((descriptor) => descriptor.labels))];

  test("hold the rules for names, units, labels and help that those of a catalog are held to", () => {
    expect(lintDescriptors(descriptors)).toEqual([]);
  });

  test("have no label that a catalog may not have, but those that are reserved for them", () => {
    const refused = labels.filter(
      (label) => lintCatalog({ ...everything, actions: withLabel(label) }).length > 0,
    );
    expect(refused.toSorted()).toEqual(["action", "conversion", "currency", "experience"]);
  });

  test("have no label that a target has, on a plain machine or in Kubernetes", () => {
    expect(labels.filter((label) => [...TARGET_LABELS, ...KUBERNETES_LABELS].includes(label))).toEqual([]);
  });

  test("speak of the collector itself under one prefix", () => {
    const own = descriptors.filter(({ side }) => side === "collector").map(({ name }) => name);
    expect(own.length).toBeGreaterThan(40);
    expect(own.filter((name) => !name.startsWith("rum_"))).toEqual([]);
  });

  test("share no name with what is known of the runtime", () => {
    const runtime: readonly string[] = RUNTIME_FAMILIES;
    expect(descriptors.filter(({ name }) => runtime.includes(name))).toEqual([]);
  });
});

/** The actions, one of them with this label. */
function withLabel(label: string): NonNullable<Catalog["actions"]> {
  return { ...everything.actions, add: { help: "Adds.", labels: { [label]: ["a"] } } };
}

const sound: MetricDescriptor = {
  name: "made_total",
  type: "counter",
  help: "Made.",
  unit: "none",
  side: "backend",
  labels: ["kind"],
  known: [],
  maxSeries: 1,
};

test.each<[fault: string, change: Partial<MetricDescriptor>, sentence: string]>([
  ["the job of a target", { labels: ["job"] }, "made_total{job}: the label name is reserved"],
  ["the instance of a target", { labels: ["instance"] }, "made_total{instance}: the label name is reserved"],
  [
    "a label of a target that a scrape renames",
    { labels: ["exported_job"] },
    "made_total{exported_job}: the label",
  ],
  ["the edge of a bucket", { labels: ["le"] }, "made_total{le}: the label name is reserved"],
  ["a label of Prometheus itself", { labels: ["__name"] }, "made_total{__name}: a label name must match"],
  ["a counter without its unit", { unit: "bytes" }, "made_total: must end in its unit, _bytes"],
  [
    "a gauge without its unit",
    { type: "gauge", name: "made", unit: "seconds" },
    "made: must end in its unit, _seconds",
  ],
  [
    "a histogram without its unit",
    { type: "histogram", name: "made", unit: "ratio", buckets: [1] },
    "made: must end",
  ],
  ["a help without a full stop", { help: "Made" }, "made_total: HELP must be a sentence"],
  ["a counter without _total", { name: "made" }, "made: counters, and only they, end in _total"],
  ["a gauge with _total", { type: "gauge" }, "made_total: counters, and only they, end in _total"],
  ["a suffix of a histogram", { type: "gauge", name: "made_count" }, "made_count: the suffix is taken"],
  ["money without its currency", { unit: "currency" }, "made_total: money needs the label currency"],
])("a family is refused with %s", (_fault, change, sentence) => {
  expect(lintDescriptors([sound])).toEqual([]);
  expect(lintDescriptors([{ ...sound, ...change }]).join("\n")).toContain(sentence);
});
