/** Panels and alerts of declared gauges, and of families that have the names of the catalog. */
import { type Catalog, defineCatalog } from "@rumkit/protocol";
import { describeMetrics } from "@rumkit/server";
import { describe, expect, test } from "vitest";
import { promtool } from "../../../../test/support/promtool.ts";
import { renderRules } from "../rules/rules.ts";
import { boardExpressions } from "./boardExpressions.ts";
import { describeBoards } from "./describeBoards.ts";

const labels = { tool: ["maya", "nuke"] } as const;
const catalog = defineCatalog({
  app: "lab",
  routes: ["/"],
  gauges: {
    borrowed: { help: "Licenses in use.", labels, outOf: "licenses", processes: "max" },
    licenses: { help: "Licenses bought.", labels, processes: "max", name: "licenses_total" },
    carts: { help: "Open carts." },
    pairs: { help: "Pairs.", labels: { a: ["1", "2", "3", "4"], b: ["1", "2", "3"] } },
  },
  measurements: {
    wait: { help: "Waits.", unit: "seconds", buckets: [1], from: "server", name: "license_wait_seconds" },
  },
  jobs: {
    clip: { help: "Clips.", names: { duration: "clip_job_latency_seconds", outcomeLabel: "status" } },
    mail: { help: "Mails." },
  },
});

const expressions = (given: Catalog) =>
  describeBoards(describeMetrics(given), given).flatMap(boardExpressions);
const exprOf = (title: string): string[] =>
  expressions(catalog).flatMap(({ panel, expr }) =>
    panel === title ? [expr.replaceAll(/\{job[^}]*\}/g, "")] : [],
  );

describe("a gauge has a panel", () => {
  test("with a line for each label set, as its processes are joined", () => {
    expect(exprOf("Borrowed")).toEqual(["max by (tool) (borrowed)"]);
    expect(exprOf("Licenses")).toEqual(["max by (tool) (licenses_total)"]);
    expect(exprOf("Carts")).toEqual(["sum(carts)"]);
  });

  test("with its highest lines, if it has more than a graph can show", () => {
    expect(exprOf("Pairs")).toEqual(["topk(10, sum by (a, b) (pairs))"]);
  });

  test("and one for its share of the whole, which is unknown while one of them is", () => {
    expect(exprOf("Borrowed, share of licenses")).toEqual([
      "max by (tool) (borrowed) / (max by (tool) (licenses_total) > 0)",
    ]);
  });
});

test("families with chosen names are on the boards", () => {
  expect(exprOf("Measurements in seconds, 95th percentile (backend)").join()).toContain(
    "license_wait_seconds_bucket",
  );
  expect(exprOf("Durations of clip").join()).toContain("clip_job_latency_seconds_bucket");
  expect(exprOf("Durations of mail").join()).toContain("job_duration_seconds_bucket");
});

test("an alert about several label sets adds them up, after the processes of each were joined", async () => {
  const alerting = { ...catalog, alerts: { full: { when: { gauge: "borrowed", above: 5 } } } } as const;
  const rules = renderRules(describeMetrics(alerting), alerting);
  expect(rules).toMatch(/sum by \(job\) \(max by \(job, tool\) \(borrowed\{job="lab"\}\)\) > 5/);
  await promtool(["check", "rules"], "rules.yml", rules);
});
