import { defineCatalog } from "@rumkit/protocol";
import { describe, expect, it } from "vitest";
import { allOf, isAbove, isAtLeast, isBelow } from "./condition.ts";
import { changeOf, perMinute, ratioOf, sumBy, totalOf, withLabelsOf } from "./expression.ts";
import { createPromql, SERVER_ERROR } from "./promql.ts";
import { RATE_INTERVAL } from "./window.ts";
import { scopeOfBoard, scopeOfRules } from "./scope.ts";
import { describeMetrics } from "@rumkit/server";

const promql = createPromql(
  describeMetrics(
    defineCatalog({
      app: "shop",
      routes: ["/", "/cart"],
      conversions: {
        signup: { help: "Accounts created.", from: "server" },
        purchase: { help: "Orders paid.", from: "server", value: { money: ["USD", "EUR"] } },
      },
    }),
  ),
  scopeOfRules({ app: "shop" }),
);
const requests = (by: string[]) => sumBy(by, promql.rate("http_requests_total", "5m"));
const failures = (by: string[]) =>
  sumBy(by, promql.rate("http_requests_total", "5m", { status: SERVER_ERROR }));

describe("an expression that is right", () => {
  it("sums a counter's rate over the window that Grafana finds long enough", () => {
    const views = sumBy(["route"], promql.rate("rum_page_views_total", RATE_INTERVAL));
    expect(views.text).toBe('sum by (route) (rate(rum_page_views_total{job="shop"}[$__rate_interval]))');
    expect(views.unit).toBe("count_per_second");
  });

  it("divides sums, and says 0 while the series of the part have not appeared yet", () => {
    expect(ratioOf(failures(["job"]), requests(["job"])).text).toBe(
      '(sum by (job) (rate(http_requests_total{job="shop",status=~"5.."}[5m])) or 0 * sum by (job) (rate(http_requests_total{job="shop"}[5m])))' +
        ' / (sum by (job) (rate(http_requests_total{job="shop"}[5m])) > 0)',
    );
  });

  it("divides without a stand-in where every series is known from the start", () => {
    const signups = sumBy([], promql.rate("conversions_total", "5m", { conversion: "signup" }));
    const sessions = sumBy([], promql.rate("rum_sessions_total", "5m"));
    expect(ratioOf(signups, sessions).text).toBe(
      'sum(rate(conversions_total{job="shop",conversion="signup"}[5m])) / (sum(rate(rum_sessions_total{job="shop"}[5m])) > 0)',
    );
  });

  it("gives the share of good from the bucket at the threshold", () => {
    expect(promql.shareBelow("rum_lcp_seconds", 2.5, "30m", ["job"]).text).toBe(
      '(sum by (job) (rate(rum_lcp_seconds_bucket{job="shop",le="2.5"}[30m])) or 0 * sum by (job) (rate(rum_lcp_seconds_count{job="shop"}[30m]))) / (sum by (job) (rate(rum_lcp_seconds_count{job="shop"}[30m])) > 0)',
    );
  });

  it("finds the bucket of a whole number in Prometheus 2 and 3, which write it differently", () => {
    expect(promql.shareBelow("rum_lcp_seconds", 4, "30m").text).toContain('{job="shop",le=~"4(\\\\.0)?"}');
  });

  it("takes a quantile from buckets summed by their edge", () => {
    expect(promql.histogramQuantile(0.95, "http_request_duration_seconds", "5m", ["route"]).text).toBe(
      'histogram_quantile(0.95, sum by (le, route) (rate(http_request_duration_seconds_bucket{job="shop"}[5m])))',
    );
  });

  it("adds up money of one currency that is matched, or keeps currencies apart", () => {
    const dollars = sumBy([], promql.rate("revenue_total", "5m", { currency: "USD" }));
    expect(perMinute(dollars)).toMatchObject({
      text: '60 * sum(rate(revenue_total{job="shop",currency="USD"}[5m]))',
      unit: "money_per_minute",
    });
    expect(sumBy(["currency"], promql.increase("revenue_total", "1h")).unit).toBe("money");
  });
});

describe("expressions of boards", () => {
  const metrics = describeMetrics(defineCatalog({ app: "shop", routes: ["/"], endpoints: ["/api/a"] }));
  const onBoard = createPromql(metrics, scopeOfBoard({ app: "shop" }, [{ name: "route", label: "route" }]));

  it("have the variables of their board where a metric has the label, and only there", () => {
    expect(sumBy([], onBoard.rate("rum_page_views_total", "5m")).text).toBe(
      'sum(rate(rum_page_views_total{job=~"$job",instance=~"$instance",route=~"$route"}[5m]))',
    );
    expect(sumBy([], onBoard.rate("rum_sessions_total", "5m")).text).toBe(
      'sum(rate(rum_sessions_total{job=~"$job",instance=~"$instance"}[5m]))',
    );
  });

  it("compare with another time, each selector of it", () => {
    const views = (promqlThen: typeof promql) => sumBy([], promqlThen.increase("rum_page_views_total", "1h"));
    expect(changeOf(views(promql), views(promql.before("1w")))).toMatchObject({
      text: 'sum(increase(rum_page_views_total{job="shop"}[1h])) / (sum(increase(rum_page_views_total{job="shop"}[1h] offset 1w)) > 0) - 1',
      unit: "change",
    });
    expect(promql.before("1d").histogramQuantile(0.5, "rum_lcp_seconds", "1h").text).toContain(
      "[1h] offset 1d",
    );
    expect(sumBy([], promql.before("1d").gauge("rum_active_sessions")).text).toBe(
      'sum(rum_active_sessions{job="shop"} offset 1d)',
    );
  });

  it("have the buckets of a heat map, and the alerts of the app", () => {
    expect(sumBy(["le"], promql.bucketIncrease("rum_lcp_seconds", "5m")).text).toBe(
      'sum by (le) (increase(rum_lcp_seconds_bucket{job="shop"}[5m]))',
    );
    expect(sumBy(["alertname"], onBoard.alerts("shop", "pending")).text).toBe(
      'sum by (alertname) (ALERTS{job=~"$job",app="shop",alertstate="pending"})',
    );
  });
});

describe("what must not be generated", () => {
  it("a ratio of which a variable narrows one side only", () => {
    const byRoute = createPromql(
      describeMetrics(defineCatalog({ app: "shop", routes: ["/"] })),
      scopeOfBoard({ app: "shop" }, [{ name: "route", label: "route" }]),
    );
    const views = sumBy([], byRoute.rate("rum_page_views_total", "5m"));
    const sessions = sumBy([], byRoute.rate("rum_sessions_total", "5m"));
    expect(() => ratioOf(views, sessions)).toThrow(
      "A ratio needs the same variables on both sides: [route] and []. Put it on a board without them.",
    );
    expect(() => changeOf(views, sessions)).toThrow("same variables on both sides");
    expect(() => totalOf(views, sessions)).toThrow("same variables on both sides");
  });

  it("a ratio of bare rates, which pairs each series with itself and is always 1", () => {
    const rate = promql.rate("http_requests_total", "5m");
    // @ts-expect-error A rate is not a sum.
    const wrong = () => ratioOf(rate, rate);
    expect(wrong).toBeTypeOf("function");
  });

  it("a ratio of sums with different labels, which is empty", () => {
    expect(() => ratioOf(failures(["route"]), requests([]))).toThrow(
      "same labels on both sides: [route] and []",
    );
    expect(() => ratioOf(failures(["job"]), requests(["route"]))).toThrow("same labels");
  });

  it("a ratio of a rate and a count", () => {
    const increase = sumBy([], promql.increase("http_requests_total", "5m"));
    expect(() => ratioOf(failures([]), increase)).toThrow("same unit on both sides");
  });

  it("a name, a label or a label value that nothing exposes", () => {
    expect(() => promql.rate("rum_page_view_total", "5m")).toThrow(
      'No metric is called "rum_page_view_total"',
    );
    expect(() => promql.rate("http_requests_total", "5m", { code: /5../ })).toThrow('no label "code"');
    expect(() => promql.rate("conversions_total", "5m", { conversion: "sign_up" })).toThrow(
      'never has conversion="sign_up"',
    );
    expect(() => sumBy(["user"], promql.rate("http_requests_total", "5m"))).toThrow('no label "user"');
  });

  it("the rate of a gauge, the value of a counter, the quantile of either", () => {
    expect(() => promql.rate("rum_active_sessions", "5m")).toThrow("is a gauge");
    expect(() => promql.rate("rum_lcp_seconds", "5m")).toThrow("is a histogram");
    expect(() => promql.gauge("rum_page_views_total")).toThrow("is a counter");
    expect(() => promql.histogramQuantile(0.95, "rum_page_views_total", "5m")).toThrow("is a counter");
  });

  it("a share below a value between two buckets, which cannot be known", () => {
    expect(() => promql.shareBelow("rum_lcp_seconds", 2.2, "30m")).toThrow("2.2 is not a bucket edge");
  });

  it("an alert on a quantile beyond the last bucket, which can never fire", () => {
    const p95 = promql.histogramQuantile(0.95, "http_request_duration_highr_seconds", "5m");
    expect(isAbove(p95, 5).text).toMatch(/ > 5$/);
    expect(() => isAbove(p95, 120)).toThrow("can never be above 120: it ends at 60");
    expect(() => isAbove(ratioOf(failures([]), requests([])), 1)).toThrow("can never be above 1");
    expect(() => isBelow(promql.shareBelow("rum_lcp_seconds", 2.5, "30m"), 0)).toThrow(
      "can never be below 0",
    );
  });

  it("conditions whose labels do not pair", () => {
    const ratio = promql.recorded(
      "job:shop_errors:ratio_rate5m",
      ratioOf(failures(["job"]), requests(["job"])),
    );
    expect(() => allOf(isAbove(ratio, 0.01), isAtLeast(requests([]), 100))).toThrow(
      '"and" needs the same labels',
    );
  });

  it("text about a label that the expression has lost", () => {
    expect(
      withLabelsOf(requests(["job"]), "{{ $labels.job }} at {{ $value | humanizePercentage }}"),
    ).toContain("job");
    expect(() => withLabelsOf(requests([]), "{{ $labels.job }}")).toThrow('names the label "job"');
    expect(() => withLabelsOf(requests(["job"]), "{{route}}")).toThrow("The expression has: job");
  });

  it("a sum of dollars and euros", () => {
    expect(() => sumBy([], promql.rate("revenue_total", "5m"))).toThrow("holds several currencies");
    expect(() => sumBy([], promql.rate("revenue_total", "5m", { currency: /USD|EUR/ }))).toThrow(
      "currencies",
    );
  });

  it("a number per minute of what is not a rate, and an invalid window", () => {
    expect(() => perMinute(sumBy([], promql.gauge("rum_active_sessions")))).toThrow("Only a rate");
    expect(() => promql.rate("rum_page_views_total", "5 minutes" as "5m")).toThrow("A window is a duration");
    expect(() => promql.histogramQuantile(95, "rum_lcp_seconds", "5m")).toThrow("between 0 and 1: 95");
  });
});
