import { execFile } from "node:child_process";
import { join } from "node:path";
import { promisify } from "node:util";
import { defineCatalog } from "@rumkit/protocol";
import { describe, expect, it } from "vitest";
import { describeMetrics } from "@rumkit/server";
import { dashboardExpressions, describeBoards, renderClassic, renderRules } from "rumkit/generate";
import { onlyRules } from "../support/alerts/ruleText.ts";
import {
  evaluateAlerts,
  type Expectation,
  promtool,
  runTestFiles,
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

/** The answer of promtool for rules that it accepts: it counts each. */
const success = (text: string): string =>
  `SUCCESS: ${[...text.matchAll(/^ {6}- (?:alert|record):/gm)].length} rules found`;

/** The rules that read loaded pages, and those of the backend's objective: promtool evaluates each rule every minute. */
const vitalRules = (all: string): string => onlyRules(all, (name) => /^Shop\w+Missed$|_below_/.test(name));
const apiRules = onlyRules(rules, (name) => /_slo_api|http_request_errors/.test(name));

/** Runs the rules over series in Prometheus' own engine; rejects with the difference. */
const evaluate = (series: SeriesByName, expectation: Expectation): Promise<string> =>
  evaluateAlerts(vitalRules(rules), [{ name: expectation.alert, series, expectations: [expectation] }]);

describe("promtool check rules", () => {
  it("accepts the rules of every kind of objective, without a rule twice", async () => {
    const answer = await promtool(["check", "rules", "--lint=all", "--lint-fatal"], "rules.yaml", rules);
    expect(answer).toContain(success(rules));
  });

  it("accepts rules without objectives: recordings, and the alerts of the collector itself", async () => {
    const text = renderRules(descriptors, { app: "shop" });
    const answer = await promtool(["check", "rules", "--lint=all", "--lint-fatal"], "rules.yaml", text);
    expect(answer).toContain(success(text));
  });

  it("accepts jobs and labels of any characters that can be printed", async () => {
    const scrapeJobs = ['a"b\\c', "x: #y", "作業", "$job {{ $value }}", "- a|b.*[", "'"];
    const text = renderRules(descriptors, { ...shop, scrapeJobs, selector: String.raw`path=~"a\\.b\"c#"` });
    const answer = await promtool(["check", "rules", "--lint=all", "--lint-fatal"], "rules.yaml", text);
    expect(answer).toContain(success(text));
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

  it("judges each job by itself, where the app has two", async () => {
    const fires = firing("only 50% of page views (hard) have LCP within 2.5 s.");
    const series = { ...views("0+2x90", "0+4x90"), ...views("0+90x90", "0+90x90", "canary") };
    const alert = "ShopFastPagesMissed";
    const test = { name: "two jobs", series, expectations: [{ alert, at: "60m", fires }] };
    const ofBoth = renderRules(descriptors, { ...shop, scrapeJobs: ["shop", "canary"] });
    expect(await evaluateAlerts(vitalRules(ofBoth), [test])).toContain("SUCCESS");
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

describe("what an objective records", () => {
  const answers = (ok: string, failed?: string): SeriesByName => ({
    'http_requests_total{job="shop",method="GET",route="/",status="2xx"}': ok,
    ...(failed ? { 'http_requests_total{job="shop",method="GET",route="/",status="5xx"}': failed } : {}),
  });
  /** Evaluates expressions at a moment, with all that is recorded. */
  const expectValues = (series: SeriesByName, at: string, values: Readonly<Record<string, number>>) => {
    const test = {
      interval: "1m",
      input_series: Object.entries(series).map(([name, samples]) => ({ series: name, values: samples })),
      promql_expr_test: Object.entries(values).map(([expr, value]) => ({
        // A whole number compares without the last binary digits.
        expr: `round(1e6 * sum(${expr}))`,
        eval_time: at,
        exp_samples: [{ labels: "{}", value: Math.round(value * 1e6) }],
      })),
    };
    return expect(
      runTestFiles({ recorded: { rules: apiRules, interval: "5m", tests: [test] } }),
    ).resolves.toEqual(new Map([["recorded", expect.stringMatching(/SUCCESS\s*$/)]]));
  };

  it("is 0 where no request has ever failed, not nothing", async () => {
    await expectValues(answers("0+100x30"), "20m", {
      "job:shop_http_request_errors_per_http_requests:ratio_rate5m": 0,
      "job:shop_slo_api_errors:ratio_rate1h": 0,
      "job:shop_slo_api_errors:ratio_rate3d": 0,
      "job:shop_slo_api:burn_rate1h": 0,
      "job:shop_slo_api:error_budget_remaining": 1,
    });
  });

  it("S4.60: the burn rate is the ratio by the budget, and the rest of the budget what is not used", async () => {
    // Two of a hundred fail, where one may: the budget burns twice as fast, and all of it and once more is used.
    await expectValues(answers("0+98x90", "0+2x90"), "80m", {
      "job:shop_slo_api_errors:ratio_rate1h": 0.02,
      "job:shop_slo_api:burn_rate1h": 2,
      "job:shop_slo_api:error_budget_remaining": -1,
    });
    await expectValues(answers("0+199.5x90", "0+0.5x90"), "80m", {
      "job:shop_slo_api:burn_rate1h": 0.25,
      "job:shop_slo_api:error_budget_remaining": 0.75,
    });
  });

  it("has the values of Sloth's expressions for the same objective", async () => {
    const failed = 'http_requests_total{job="shop",status=~"5.."}';
    const all = 'http_requests_total{job="shop"}';
    const ofSloth = (window: string) => `sum(rate(${failed}[${window}])) / sum(rate(${all}[${window}]))`;
    const short = "job:shop_slo_api_errors:ratio_rate5m";
    const month = `sum_over_time(${short}[30d]) / count_over_time(${short}[30d])`;
    const same = (ours: string, theirs: string) =>
      [`abs(${ours} - scalar(${theirs})) < bool 1e-9`, 1] as const;
    await expectValues(
      answers("0+97x400", "0+3x400"),
      "390m",
      Object.fromEntries([
        ...["5m", "30m", "1h", "2h", "6h"].map((window) =>
          same(`job:shop_slo_api_errors:ratio_rate${window}`, ofSloth(window)),
        ),
        same("job:shop_slo_api_errors:ratio_rate1d", ofSloth("1d")),
        same("job:shop_slo_api_errors:ratio_rate30d", `sum(${month})`),
        same("job:shop_slo_api:burn_rate1h", `sum(job:shop_slo_api_errors:ratio_rate1h / 0.01)`),
        same("job:shop_slo_api:error_budget_remaining", `1 - sum(${month}) / 0.01`),
      ]),
    );
  });
});

describe("the example for Alertmanager", () => {
  const file = join(import.meta.dirname, "../../deploy/alertmanager.yml");
  const amtool = async (...args: string[]): Promise<string> =>
    (await promisify(execFile)(process.env["AMTOOL_PATH"] ?? "amtool", args)).stdout;

  it("is accepted by amtool", async () => {
    expect(await amtool("check-config", file)).toContain("SUCCESS");
  });

  it("pages for critical alerts, gathers warnings, and is silent about context", async () => {
    const receivers = ["critical", "warning", "info"].map((severity) =>
      amtool("config", "routes", "test", `--config.file=${file}`, `severity=${severity}`, "alertname=ShopX"),
    );
    expect((await Promise.all(receivers)).map((receiver) => receiver.trim())).toEqual([
      "on-call",
      "team",
      "none",
    ]);
  });
});
