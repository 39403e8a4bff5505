import { allowedShareOf } from "@rumkit/server/internal/metrics";
/** Queries that are often found on boards and always mislead. None of them can be generated. */
import { describeMetrics } from "@rumkit/server";
import { describe, expect, it } from "vitest";
import { fullest } from "../../../../test/support/catalogs.ts";
import { partsOf } from "../../../../test/support/promqlSelectors.ts";
import { burnRate, budgetLeft, lowestOf } from "../promql/errorBudget.ts";
import { isAbove } from "../promql/condition.ts";
import { ratioOf, type Sum, sumBy } from "../promql/expression.ts";
import { createPromql } from "../promql/promql.ts";
import { scopeOfRules } from "../promql/scope.ts";
import { boardExpressions } from "./boardExpressions.ts";
import { describeBoards } from "./describeBoards.ts";

const descriptors = describeMetrics(fullest);
const promql = createPromql(descriptors, scopeOfRules(fullest));
const expressions = describeBoards(descriptors, fullest).flatMap(boardExpressions);
const exprOf = (panel: string): string[] =>
  expressions.filter((each) => each.panel === panel).map(({ expr }) => expr);

describe("an error rate that is always 100 %", () => {
  it("is refused, because plain rates are divided by themselves", () => {
    const failed = promql.observationRate("job_duration_seconds", "5m", { outcome: "error" });
    const all = promql.observationRate("job_duration_seconds", "5m");
    // @ts-expect-error A ratio takes sums.
    expect(() => ratioOf(failed, sumBy([], all))).toThrow("needs the same labels on both sides");
  });

  it("is on no board: both sides of each ratio are sums", () => {
    const ratios = expressions.filter(({ expr }) => expr.includes(" / ("));
    expect(ratios.length).toBeGreaterThan(20);
    for (const { panel, expr } of ratios) expect(expr, panel).toMatch(/\/ \((?:sum|max)(?: by \(|\()/);
  });

  it("counts jobs of any outcome below the line, with the same labels as above it", () => {
    const [ratio = ""] = exprOf("Job error ratio");
    const [failed, all] = ratio.split(" / ");
    expect(failed).toContain('outcome="error"');
    expect(all).not.toContain("outcome");
    for (const side of [failed, all]) expect(side).toContain("sum by (job_name)");
  });
});

describe("a conversion rate that is always empty", () => {
  it("is refused for sums with different labels", () => {
    const orders = sumBy(["conversion"], promql.increase("conversions_total", "1h"));
    const logins = sumBy([], promql.increase("user_logins_total", "1h"));
    expect(() => ratioOf(orders, logins)).toThrow("needs the same labels on both sides");
  });

  it("is 0 and not empty before the first failure, and empty without any requests", () => {
    const [ratio = ""] = exprOf("Error ratio");
    expect(ratio).toMatch(/^\(sum\(.*\) or 0 \* sum\(.*\)\) \/ \(sum\(.*\) > 0\)$/);
  });
});

describe("sessions as logins minus logouts", () => {
  it("are on no board: sessions are a gauge", () => {
    expect(exprOf("Active sessions")).toEqual([
      'sum(rum_active_sessions{job=~"$job",instance=~"$instance"})',
    ]);
    for (const { panel, expr } of expressions) {
      if (!expr.includes("user_logouts_total") && !expr.includes("user_logins_total")) continue;
      const minus = partsOf(expr).filter(({ name, text }) => name === "BinaryExpr" && / - /.test(text));
      expect(minus, panel).toEqual([]);
    }
  });
});

describe("a budget and a burn rate that show the error ratio", () => {
  const share = (part: Sum): ReturnType<typeof ratioOf> =>
    ratioOf(part, sumBy([], promql.rate("http_requests_total", "1h")));
  const bad = share(sumBy([], promql.rate("http_requests_total", "1h", { status: /5../ })));

  it("are divided by the share that the objective allows", () => {
    expect(burnRate(bad, 0.001).text).toBe(`(${bad.text}) / 0.001`);
    const allowed = allowedShareOf({ vital: "LCP", below: 2.5, ratio: 0.9 });
    expect(budgetLeft(bad, allowed).text).toBe(`1 - (${bad.text}) / 0.1`);
  });

  it("are refused for a count, and for an objective that allows nothing", () => {
    const count = sumBy([], promql.rate("http_requests_total", "1h"));
    expect(() => burnRate(count, 0.01)).toThrow("Only a share of a whole spends a budget");
    expect(() => budgetLeft(bad, 0)).toThrow("allows a share between 0 and 1: 0");
  });

  it("have the objective in each query of the boards", () => {
    expect(exprOf("Burn rate of error budgets")).toHaveLength(3);
    for (const panel of ["Burn rate of error budgets", "Error budget left"])
      for (const expr of exprOf(panel)) expect(expr).toMatch(/\) \/ 0\.\d+$/);
  });

  it("name the worst objective, whose value is the lowest", () => {
    const [worst = ""] = exprOf("Worst objective, error budget left");
    expect(worst).toMatch(/^bottomk\(1, label_replace\(/);
    for (const name of Object.keys(fullest.objectives ?? {}))
      expect(worst).toContain(`"objective", "${name}", "", ""`);
    expect(() => lowestOf("objective", {})).toThrow("The lowest of 0 values");
  });
});

describe("a threshold that can never be reached", () => {
  it("is refused above the last bucket of a histogram", () => {
    const p95 = promql.histogramQuantile(0.95, "job_duration_seconds", "5m");
    expect(() => isAbove(p95, 120)).toThrow("can never be above 120");
  });
});

describe("a metric that nothing defines", () => {
  it("is refused, so that no panel stays empty for ever", () => {
    expect(() => promql.rate("frontend_page_load_duration_seconds", "5m")).toThrow("No metric is called");
    expect(() => createPromql([], scopeOfRules(fullest)).rate("user_logouts_total", "5m")).toThrow(
      '[rumkit] No metric is called "user_logouts_total".',
    );
  });
});

describe("the cost of money that is only claimed", () => {
  it("is on no board: revenue is what the backend tracked", () => {
    for (const { panel, expr } of expressions)
      if (/^(?:Revenue|Refunds|Estimated cost)/.test(panel))
        expect(expr, panel).not.toContain("rum_conversion");
  });
});

describe("a label that the metric lacks", () => {
  it("is refused as a matcher, as a value, and in a sum", () => {
    expect(() => promql.rate("http_requests_total", "5m", { status_code: "500" })).toThrow("has no label");
    expect(() => promql.rate("revenue_total", "5m", { currency: "GBP" })).toThrow("never has currency");
    expect(() => sumBy(["pod"], promql.rate("http_requests_total", "5m"))).toThrow('has no label "pod"');
  });
});

describe("money of several currencies", () => {
  it("is refused in one sum", () => {
    expect(() => sumBy([], promql.increase("revenue_total", "1h"))).toThrow("holds several currencies");
  });
});

describe("figures that read wrong at low traffic", () => {
  it("are on no board: single values are of the whole range, and counts of graphs by the minute", () => {
    for (const { panel, expr } of expressions) {
      if (/ in total/.test(panel)) expect(expr, panel).toContain("[$__range]");
      if (/per minute/.test(panel)) expect(expr, panel).toMatch(/^(?:topk\(10, )?60 \* /);
    }
  });
});
