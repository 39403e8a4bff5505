/** Boards and alerts of one catalog show the same numbers, because they ask for them alike. */
import { describeMetrics } from "@rumkit/server";
import { describe, expect, it } from "vitest";
import { alerting } from "../../../../test/support/catalogs.ts";
import { boardExpressions } from "../boards/boardExpressions.ts";
import { describeBoards } from "../boards/describeBoards.ts";
import { describeRules, type Rules } from "../rules/rules.ts";

const descriptors = describeMetrics(alerting);
const shown = describeBoards(descriptors, alerting).flatMap(boardExpressions);
const rules: Rules = describeRules(descriptors, alerting);

/** A board's query as a rule asks for it: of the app's job, job by job, over a window. */
function asRule(panel: string, refId: string, window: string, by = "job"): string {
  const found = shown.find((each) => each.panel === panel && each.refId === refId);
  if (!found) throw new Error(`No board has ${panel} ${refId}.`);
  return found.expr
    .replaceAll('job=~"$job",instance=~"$instance"', 'job="big_shop"')
    .replaceAll(/\$__(?:range|rate_interval)/g, window)
    .replaceAll("sum(", `sum by (${by}) (`);
}

function recorded(name: string): string {
  return rules.recordings.find((recording) => recording.name === name)!.expression.text;
}

describe("a board and the rules ask for", () => {
  it("the cost of slow pages", () => {
    const alert = rules.groups
      .flatMap(({ alerts }) => alerts)
      .find(({ name }) => name === "BigShopSlowPages")!;
    const board = asRule("Estimated cost of slow pages in total: purchase, KWD", "A", "1d");
    expect(alert.condition.comparison?.value).toBe(board);
  });

  it("the error budget and its burn rate, each over its time", () => {
    // The rules divide the recorded share, the board the share itself.
    const share = recorded("job:big_shop_slo_api_errors:ratio_rate1h");
    const read = 'job:big_shop_slo_api_errors:ratio_rate1h{job="big_shop"}';
    const burn = recorded("job:big_shop_slo_api:burn_rate1h");
    expect(asRule("Burn rate of error budgets", "C", "1h")).toBe(burn.replace(read, share));
    const left = recorded("job:big_shop_slo_api:error_budget_remaining").replaceAll("30d", "1h");
    expect(asRule("Error budget left", "C", "1h")).toBe(left.replace(read, share));
  });

  it("the share of slow documents, which the rules have for each kind of navigation", () => {
    const share = recorded("job_navigation:big_shop_slo_fast_errors:ratio_rate1h");
    const board = asRule("Burn rate of error budgets", "A", "1h", "job, navigation");
    expect(board.replaceAll(',navigation="hard"', "")).toBe(`(${share}) / 0.25`);
  });

  it("what is left of 30 days: boards read what the rules record", () => {
    const read = shown.filter(({ panel }) => panel === "Error budget left of 30 days");
    expect(read).toHaveLength(Object.keys(alerting.objectives ?? {}).length);
    const names = rules.recordings.map(({ name }) => name);
    for (const { expr } of read) {
      const [, name, matchers] = /^min\(([\w:]+)\{(.*)\}\)$/.exec(expr)!;
      expect(names).toContain(name);
      expect(matchers).toMatch(/^job=~"\$job"(?:,navigation="hard")?$/);
    }
  });
});

it("every recorded series that a board reads is one that the rules record", () => {
  const names = new Set(rules.recordings.map(({ name }) => name));
  const read = shown.flatMap(({ expr }) => expr.match(/\b\w+(?::\w+)+(?=\{)/g) ?? []);
  expect(read.length).toBeGreaterThan(0);
  for (const name of read) expect(names).toContain(name);
});
