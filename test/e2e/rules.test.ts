import { defineCatalog } from "@rumkit/protocol";
import { describe, expect, it } from "vitest";
import { describeMetrics } from "@rumkit/server";
import { dashboardExpressions, describeBoards, renderClassic, renderRules } from "rumkit/generate";
import {
  evaluateAlerts,
  type Expectation,
  promtool,
  type SeriesByName,
  withVariables,
} from "../support/promtool.ts";

const shop = defineCatalog({
  app: "shop",
  routes: ["/", "/cart"],
  conversions: {
    signup: { help: "Accounts created." },
    purchase: { help: "Orders paid.", from: "server", value: { money: ["USD"] } },
  },
  objectives: {
    fast_pages: { vital: "LCP", below: 2.5, ratio: 0.75 },
    not_poor: { vital: "LCP", below: 4, ratio: 0.9 },
    steady_pages: { vital: "CLS", below: 0.1, ratio: 0.75 },
    api: { http: { errorsBelow: 0.01 } },
  },
});
const descriptors = describeMetrics(shop);
const rules = renderRules(descriptors, shop);

/** Runs the rules over series in Prometheus' own engine; rejects with the difference. */
const evaluate = (series: SeriesByName, expectation: Expectation): Promise<string> =>
  evaluateAlerts(rules, [{ name: expectation.alert, series, expectations: [expectation] }]);

describe("promtool check rules", () => {
  it("accepts the rules of every kind of objective, without a rule twice", async () => {
    const answer = await promtool(["check", "rules", "--lint=all", "--lint-fatal"], "rules.yaml", rules);
    expect(answer).toContain("SUCCESS: 32 rules found");
  });

  it("accepts rules without objectives: recordings, and the alerts of the collector itself", async () => {
    const answer = await promtool(
      ["check", "rules"],
      "rules.yaml",
      renderRules(descriptors, { app: "shop" }),
    );
    expect(answer).toContain("SUCCESS: 26 rules found");
  });

  it("accepts jobs and labels of any characters that can be printed", async () => {
    const scrapeJobs = ['a"b\\c', "x: #y", "作業", "$job {{ $value }}", "- a|b.*[", "'"];
    const text = renderRules(descriptors, { ...shop, scrapeJobs, selector: String.raw`path=~"a\\.b\"c#"` });
    const answer = await promtool(["check", "rules", "--lint=all", "--lint-fatal"], "rules.yaml", text);
    expect(answer).toContain("SUCCESS: 32 rules found");
  });

  it("accepts every expression of the boards, types included", async () => {
    const expressions = describeBoards(descriptors, shop).flatMap((board) =>
      dashboardExpressions(renderClassic(board)),
    );
    const recorded = expressions.map(({ expr }, index) => ({
      record: `panel:${index}`,
      expr: withVariables(expr),
    }));
    const text = JSON.stringify({ groups: [{ name: "dashboard", rules: recorded }] });
    const answer = await promtool(["check", "rules"], "dashboard.yaml", text);
    expect(answer).toContain(`SUCCESS: ${expressions.length} rules found`);
  });
});

describe("the alert of a vital's objective", () => {
  const views = (good: string, all: string, job = "shop", edge = "2.5"): SeriesByName => ({
    [`rum_lcp_seconds_bucket{job="${job}",route="/",navigation="hard",le="${edge}"}`]: good,
    [`rum_lcp_seconds_count{job="${job}",route="/",navigation="hard"}`]: all,
  });
  const firing = (summary: string, objective = "fast_pages") => ({
    labels: { app: "shop", job: "shop", navigation: "hard", objective, severity: "warning" },
    annotations: {
      summary: `shop, shop: ${summary}`,
      description: `The objective is ${objective === "fast_pages" ? "75" : "90"} %. Measured over 30m with 50 page views or more of that kind of navigation.`,
    },
  });

  it("fires while half of the pages are slow", async () => {
    const fires = firing("only 50% of page views (hard) have LCP within 2.5 s.");
    await evaluate(views("0+2x90", "0+4x90"), { alert: "ShopFastPagesMissed", at: "60m", fires });
  });

  it("stays quiet while enough pages are fast", async () => {
    await evaluate(views("0+4x90", "0+5x90"), { alert: "ShopFastPagesMissed", at: "60m" });
  });

  it("stays quiet where too few pages were viewed to say, however slow they are", async () => {
    await evaluate(views("0x90", "0+1x90"), { alert: "ShopFastPagesMissed", at: "60m" });
    await evaluate(views("0x90", "0x30 1x60"), { alert: "ShopFastPagesMissed", at: "50m" });
  });

  it("stays quiet where no page is viewed", async () => {
    await evaluate(views("0x90", "0x90"), { alert: "ShopFastPagesMissed", at: "60m" });
  });

  it("fires only after it was true for ten minutes", async () => {
    // All fast until minute 30, all slow after: below three quarters of half an hour from minute 38 on.
    const slowFromMinute30 = views("0+4x30 120x60", "0+4x90");
    await evaluate(slowFromMinute30, { alert: "ShopFastPagesMissed", at: "46m" });
    const fires = firing("only 0% of page views (hard) have LCP within 2.5 s.");
    await evaluate(slowFromMinute30, { alert: "ShopFastPagesMissed", at: "60m", fires });
  });

  it("judges each job by itself, where the app has two", async () => {
    const fires = firing("only 50% of page views (hard) have LCP within 2.5 s.");
    const series = { ...views("0+2x90", "0+4x90"), ...views("0+90x90", "0+90x90", "canary") };
    const alert = "ShopFastPagesMissed";
    const test = { name: "two jobs", series, expectations: [{ alert, at: "60m", fires }] };
    const ofBoth = renderRules(descriptors, { ...shop, scrapeJobs: ["shop", "canary"] });
    expect(await evaluateAlerts(ofBoth, [test])).toContain("SUCCESS");
  });

  it("judges loaded documents by themselves: pages out of the cache do not hide them", async () => {
    const fires = firing("only 50% of page views (hard) have LCP within 2.5 s.");
    const cached = (name: string) => `${name}{job="shop",route="/",navigation="bfcache"`;
    const series = {
      ...views("0+2x90", "0+4x90"),
      [`${cached("rum_lcp_seconds_bucket")},le="2.5"}`]: "0+400x90",
      [`${cached("rum_lcp_seconds_count")}}`]: "0+400x90",
    };
    await evaluate(series, { alert: "ShopFastPagesMissed", at: "60m", fires });
  });

  it("finds a whole-numbered bucket as Prometheus 2 and as Prometheus 3 name it", async () => {
    for (const edge of ["4", "4.0"]) {
      const fires = firing("only 50% of page views (hard) have LCP within 4 s.", "not_poor");
      await evaluate(views("0+2x90", "0+4x90", "shop", edge), {
        alert: "ShopNotPoorMissed",
        at: "60m",
        fires,
      });
    }
  });
});

describe("the alert of an HTTP objective", () => {
  const answers = (ok: string, failed?: string): SeriesByName => ({
    'http_requests_total{job="shop",method="GET",route="/",status="2xx"}': ok,
    ...(failed ? { 'http_requests_total{job="shop",method="GET",route="/",status="5xx"}': failed } : {}),
  });
  const fires = {
    labels: { app: "shop", job: "shop", objective: "api", severity: "critical" },
    annotations: {
      summary: "shop, shop: 5% of HTTP requests fail with a server error.",
      description: "The objective is below 1 %. Measured over 5m with 100 requests and 5 failures or more.",
    },
  };

  it("fires while one request of twenty fails", async () => {
    await evaluate(answers("0+38x30", "0+2x30"), { alert: "ShopApiMissed", at: "20m", fires });
  });

  it("fires only after it was true for two minutes", async () => {
    await evaluate(answers("0+38x30", "0x15 10x15"), { alert: "ShopApiMissed", at: "16m" });
    await evaluate(answers("0+38x30", "0x15 10x15"), { alert: "ShopApiMissed", at: "19m", fires });
  });

  it("stays quiet while failures are rarer than promised", async () => {
    await evaluate(answers("0+1999x30", "0+1x30"), { alert: "ShopApiMissed", at: "20m" });
  });

  it("stays quiet below a hundred requests, though half of them fail", async () => {
    await evaluate(answers("0+9x30", "0+9x30"), { alert: "ShopApiMissed", at: "20m" });
  });

  it("stays quiet below five failures, though they are too many of those requests", async () => {
    await evaluate(answers("0+24x30", "0x15 3x15"), { alert: "ShopApiMissed", at: "19m" });
  });

  it("records 0 where no request has ever failed, not nothing", async () => {
    const test = {
      interval: "1m",
      input_series: Object.entries(answers("0+100x30")).map(([series, values]) => ({ series, values })),
      promql_expr_test: [
        {
          expr: "job:shop_http_request_errors_per_http_requests:ratio_rate5m",
          eval_time: "20m",
          exp_samples: [
            { labels: 'job:shop_http_request_errors_per_http_requests:ratio_rate5m{job="shop"}', value: 0 },
          ],
        },
      ],
    };
    const text = JSON.stringify({ rule_files: ["rules.yaml"], evaluation_interval: "1m", tests: [test] });
    await expect(promtool(["test", "rules"], "test.yaml", text, { "rules.yaml": rules })).resolves.toContain(
      "SUCCESS",
    );
  });
});
