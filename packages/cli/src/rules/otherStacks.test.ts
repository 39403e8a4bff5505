/** The table of docs/alerts.md, which names an alert of ours for each alert that teams write by hand. */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { AlertCondition, Catalog } from "@rumkit/protocol";
import { describeMetrics } from "@rumkit/server";
import { expect, it } from "vitest";
import { renderRules } from "./rules.ts";

const DOCS = join(import.meta.dirname, "../../../../docs");
const [, table = ""] =
  /## Alerts of other stacks\n([\s\S]*?)\n## /.exec(readFileSync(join(DOCS, "alerts.md"), "utf8")) ?? [];
const rows = [...table.matchAll(/^\| (?!alert |---)(.*?) \| (.*) \|$/gm)].map(
  ([, alert = "", ours = ""]) => ({
    alert,
    ours,
  }),
);
const pages = readdirSync(join(DOCS, "runbooks")).map((file) => file.replace(".md", ""));

/** Measures what the alerts of the table speak of. */
const catalog: Catalog = {
  app: "shop",
  routes: ["/"],
  actions: {
    checkout: { help: "Licenses taken.", from: "server" },
    overage: { help: "Licenses taken beyond the contract.", from: "server" },
  },
  jobs: { render: { help: "Clips rendered.", buckets: [5, 30, 60, 120, 600] } },
  ingested: {
    "licenses.borrowed": { help: "Licenses in use.", type: "gauge", labels: { tool: ["cad", "cam"] } },
    "s3.storage": { help: "Size of the bucket.", type: "gauge", unit: "bytes" },
  },
};

it("has the alerts of every stack", () => {
  expect(rows).toHaveLength(20);
  expect(rows.filter(({ ours }) => ours.startsWith("None: "))).toHaveLength(3);
});

it.each(rows)("$alert: $ours", ({ ours }) => {
  if (ours.startsWith("None: ")) return expect(ours.length).toBeGreaterThan(30);
  const answers = [...ours.matchAll(/`([^`]+)`/g)].map(([, text = ""]) => text);
  expect(answers.length).toBeGreaterThan(0);
  for (const answer of answers) {
    if (!answer.startsWith("{")) {
      expect(pages).toContain(answer);
      continue;
    }
    const when = JSON.parse(answer.replaceAll(/(\w+): /g, '"$1": ')) as AlertCondition;
    const alerting = { ...catalog, alerts: { asked: { when } } };
    expect(renderRules(describeMetrics(alerting), alerting)).toContain("- alert: ShopAsked\n");
  }
});

it("refuses a job's latency above its last bucket, which no quantile ever reaches", () => {
  const when = { quantile: 0.95, of: "job_duration_seconds", above: 120 } as const;
  const short = { render: { help: "Clips rendered.", buckets: [5, 30] } };
  expect(() => describeMetrics({ ...catalog, jobs: short, alerts: { slow: { when } } })).toThrow(
    "alerts.slow.when.above",
  );
});
