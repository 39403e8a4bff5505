/** Several apps in one Prometheus, as its own engine sees them: whose alerts fire, and what the boards add up. */
import { type Catalog, defineCatalog } from "@rumkit/protocol";
import { describeMetrics } from "@rumkit/server";
import { dashboardExpressions, describeBoards, renderClassic, renderRules } from "rumkit/generate";
import { describe, expect, it } from "vitest";
import { promtool, type SeriesByName, withVariables } from "../support/promtool.ts";

const shop = defineCatalog({
  app: "shop",
  routes: ["/", "/cart"],
  actions: { add_to_cart: { help: "Items." }, ship: { help: "Parcels.", from: "server" } },
  conversions: {
    intent: { help: "Checkouts.", value: { money: ["USD"] } },
    purchase: { help: "Orders.", from: "server", value: { money: ["USD", "EUR"] }, experience: true },
  },
  measurements: {
    search: { help: "Searches.", unit: "seconds", buckets: [1, 2] },
    parcel: { help: "Parcels.", unit: "bytes", buckets: [100, 200], from: "server" },
  },
  jobs: { invoice: { help: "Invoices.", buckets: [1, 2] } },
  features: { dark_mode: { help: "Dark visits." } },
  endpoints: ["/api/products"],
  funnels: { checkout: ["page_view:/", "page_view:/cart"] },
  objectives: {
    fast_pages: { vital: "LCP", below: 2.5, ratio: 0.75 },
    reliable_api: { http: { errorsBelow: 0.01 } },
  },
});
const rulesOf = (catalog: Catalog): string => renderRules(describeMetrics(catalog), catalog);

/** Everything goes wrong: each series is what one alert is about. */
const disaster = (target: string): SeriesByName =>
  Object.fromEntries(
    Object.entries({
      up: "1x5 0x60",
      rum_ready: "0x60",
      'http_requests_total{route="/",status="2xx"}': "0+100x60",
      'http_requests_total{route="/",status="5xx"}': "0+100x60",
      'rum_lcp_seconds_bucket{route="/",navigation="hard",le="2.5"}': "0x60",
      'rum_lcp_seconds_count{route="/",navigation="hard"}': "0+100x60",
      rum_journal_failing: "1x60",
      rum_journal_waiting_seconds: "100x60",
      rum_journal_disk_free_bytes: "1x60",
      rum_journal_bytes: "1x60",
      'rum_series_folded_total{metric="x",label="y"}': "0+100x60",
      'rum_batches_rejected_total{reason="rate_limited"}': "0+100x60",
      'rum_batches_rejected_total{reason="overload"}': "0+100x60",
      rum_collect_duration_seconds_count: "0+200x60",
      rum_events_received_total: "0+100x60",
      'rum_events_rejected_total{reason="unknown_name"}': "0+50x60",
      rum_events_overload_total: "0+50x60",
    }).map(([name, values]) => {
      const [metric = "", labels = "}"] = name.split("{");
      return [`${metric}{${target}${labels === "}" ? "" : ","}${labels}`, values];
    }),
  );

/** A collector that is well. */
const healthy = (job: string): SeriesByName => ({
  [`up{job="${job}",instance="a:1"}`]: "1x60",
  [`rum_ready{job="${job}",instance="a:1"}`]: "1x60",
  [`app_info{job="${job}",instance="a:1",app="${job}"}`]: "1x60",
});

/** All alerts that fire at that minute, each by its name and job. */
async function firing(rules: Readonly<Record<string, string>>, series: SeriesByName): Promise<string[]> {
  const names = Object.values(rules).flatMap((text) =>
    [...text.matchAll(/- alert: (\w+)/g)].map(([, name]) => name!),
  );
  const query = 'count by (alertname, job) (ALERTS{alertstate="firing"})';
  const text = JSON.stringify({
    rule_files: Object.keys(rules),
    evaluation_interval: "1m",
    tests: [
      {
        interval: "1m",
        input_series: Object.entries(series).map(([name, values]) => ({ series: name, values })),
        promql_expr_test: [{ expr: query, eval_time: "50m", exp_samples: [] }],
      },
    ],
  });
  // It says what it got, as nothing is expected.
  const said = await promtool(["test", "rules"], "test.yaml", text, rules).catch(
    (error: Error) => error.message,
  );
  const got = [...said.matchAll(/\{alertname="(\w+)", job="([^"]+)"\}/g)];
  const found = new Set(got.map(([, name, job]) => `${name} of ${job}`));
  expect(said).toMatch(found.size > 0 ? /got:/ : /SUCCESS/);
  expect(names.length).toBeGreaterThan(15);
  return [...found].toSorted();
}

describe("alerts of several apps in one Prometheus", () => {
  const blog = defineCatalog({ app: "blog", routes: ["/"], objectives: shop.objectives });
  const both = { "shop.yaml": rulesOf(shop), "blog.yaml": rulesOf(blog) };

  it("the shop's are quiet whatever another app with rumkit, or without, suffers from", async () => {
    const series = {
      ...healthy("shop"),
      ...disaster('job="blog",instance="b:1"'),
      ...disaster('job="payments",instance="c:1",service="python"'),
    };
    expect(await firing({ "shop.yaml": both["shop.yaml"] }, series)).toEqual([]);
  });

  it("with the rules of both, each alert fires once, for the app that it is about", async () => {
    const series = { ...healthy("shop"), ...disaster('job="blog",instance="b:1"') };
    const told = await firing(both, series);
    expect(told).toContain("BlogReliableApiBudgetBurn of blog");
    expect(told).toContain("BlogJournalFailing of blog");
    expect(told).toContain("BlogBatchesRateLimited of blog");
    expect(told).toContain("BlogCollectorDown of blog");
    expect(told.filter((alert) => !/^Blog\w+ of blog$/.test(alert))).toEqual([]);
    expect(told.length).toBeGreaterThan(10);
  });
});

it("of an app under two jobs, each is missed by itself", async () => {
  const rules = renderRules(describeMetrics(shop), { ...shop, scrapeJobs: ["shop", "canary"] });
  expect(await firing({ "shop.yaml": rules }, healthy("shop"))).toEqual(["ShopCollectorAbsent of canary"]);
  expect(await firing({ "shop.yaml": rules }, { ...healthy("shop"), ...disaster('job="canary"') })).toEqual(
    expect.arrayContaining(["ShopCollectorDown of canary", "ShopReliableApiBudgetBurn of canary"]),
  );
});

/** Values of the shop after 30 minutes; two other targets have the same series with three times the values. */
const perMinute: Readonly<Record<string, number>> = {
  'rum_page_views_total{route="/"}': 6,
  'rum_page_views_total{route="/cart"}': 4,
  'rum_sessions_total{device="phone"}': 8,
  'conversions_total{conversion="purchase"}': 2,
  'rum_conversions_total{conversion="intent"}': 3,
  'revenue_total{conversion="purchase",currency="USD",experience="good"}': 30,
  'revenue_total{conversion="purchase",currency="USD",experience="poor"}': 10,
  'revenue_total{conversion="purchase",currency="EUR",experience="good"}': 5,
  'refunds_total{conversion="purchase",currency="USD"}': 7,
  'refunds_total{conversion="purchase",currency="EUR"}': 1,
  // A fast page from the cache beside a slow document: mixed they would be good.
  'rum_lcp_seconds_bucket{navigation="hard",le="2.5"}': 0,
  'rum_lcp_seconds_bucket{navigation="hard",le="3"}': 4,
  'rum_lcp_seconds_bucket{navigation="hard",le="+Inf"}': 4,
  'rum_lcp_seconds_count{navigation="hard"}': 4,
  'rum_lcp_seconds_bucket{navigation="bfcache",le="2.5"}': 40,
  'rum_lcp_seconds_bucket{navigation="bfcache",le="3"}': 40,
  'rum_lcp_seconds_bucket{navigation="bfcache",le="+Inf"}': 40,
  'rum_lcp_seconds_count{navigation="bfcache"}': 40,
  'rum_js_errors_total{route="/",source="uncaught"}': 2,
  'rum_unhandled_rejections_total{route="/cart"}': 1,
  'rum_page_load_seconds_bucket{phase="load",le="1"}': 4,
  'rum_page_load_seconds_bucket{phase="load",le="+Inf"}': 4,
  'rum_long_task_seconds_bucket{party="first",le="0.1"}': 4,
  'rum_long_task_seconds_bucket{party="first",le="+Inf"}': 4,
  'rum_rage_clicks_total{element="pay"}': 1,
  'rum_dead_clicks_total{element="pay"}': 2,
  'rum_error_clicks_total{element="pay"}': 3,
  'rum_funnel_sessions_total{funnel="checkout",step="1",event="page_view:/"}': 8,
  'rum_funnel_sessions_total{funnel="checkout",step="2",event="page_view:/cart"}': 4,
  'rum_feature_usage_total{feature="dark_mode"}': 5,
  'actions_total{action="ship"}': 2,
  'rum_actions_total{action="add_to_cart"}': 9,
  'rum_search_seconds_bucket{le="1"}': 0,
  'rum_search_seconds_bucket{le="2"}': 10,
  'rum_search_seconds_bucket{le="+Inf"}': 10,
  'parcel_bytes_bucket{le="100"}': 10,
  'parcel_bytes_bucket{le="+Inf"}': 10,
  'rum_api_request_duration_seconds_bucket{api_endpoint="/api/products",status="2xx",le="1"}': 4,
  'rum_api_request_duration_seconds_bucket{api_endpoint="/api/products",status="2xx",le="+Inf"}': 4,
  'rum_api_request_duration_seconds_count{api_endpoint="/api/products",status="2xx"}': 3,
  'rum_api_request_duration_seconds_count{api_endpoint="/api/products",status="5xx"}': 1,
  'rum_api_errors_total{api_endpoint="/api/products",kind="5xx"}': 1,
  'http_requests_total{route="/",status="2xx"}': 57,
  'http_requests_total{route="/",status="5xx"}': 3,
  'http_request_duration_highr_seconds_bucket{le="0.2"}': 0,
  'http_request_duration_highr_seconds_bucket{le="0.3"}': 60,
  'http_request_duration_highr_seconds_bucket{le="+Inf"}': 60,
  'job_duration_seconds_bucket{job_name="invoice",outcome="ok",le="1"}': 10,
  'job_duration_seconds_bucket{job_name="invoice",outcome="ok",le="+Inf"}': 10,
  'job_duration_seconds_count{job_name="invoice",outcome="ok"}': 9,
  'job_duration_seconds_count{job_name="invoice",outcome="error"}': 1,
  'database_query_duration_seconds_bucket{operation="select",table="t",le="0.001"}': 10,
  'database_query_duration_seconds_bucket{operation="select",table="t",le="+Inf"}': 10,
  'cache_operations_total{cache="c",operation="get",outcome="hit"}': 3,
  'cache_operations_total{cache="c",operation="get",outcome="miss"}': 1,
  'cache_operations_total{cache="c",operation="set",outcome="ok"}': 9,
  'stream_first_item_seconds_bucket{stream="chat",model="m",le="1"}': 10,
  'stream_first_item_seconds_bucket{stream="chat",model="m",le="+Inf"}': 10,
  'app_errors_total{error_type="Error",severity="error"}': 2,
  'app_exceptions_total{exception_type="Error",origin="uncaughtException"}': 1,
  "rum_events_accepted_total{}": 50,
  "rum_events_duplicate_total{}": 5,
  "rum_events_overload_total{}": 2,
  'rum_batches_rejected_total{reason="bad_key"}': 4,
  'rum_events_rejected_total{reason="unknown_name"}': 3,
  'rum_series_folded_total{metric="m",label="l"}': 7,
};
const gauges: Readonly<Record<string, number>> = {
  "rum_active_sessions{}": 12,
  'jobs_in_flight{job_name="invoice"}': 3,
  'queue_depth{queue="mail"}': 4,
  'streams_active{stream="chat"}': 2,
  'database_connections_active{pool="p"}': 5,
  'database_connections_idle{pool="p"}': 6,
  'database_connections_waiting{pool="p"}': 7,
  "rum_journal_waiting_seconds{}": 0.5,
  "rum_journal_bytes{}": 1024,
  "rum_journal_disk_free_bytes{}": 9,
  "rum_journal_failing{}": 1,
};

/** By panel and query: what the shop's own series give by hand. A rate is by the second, a total over 30 minutes. */
const byHand: Readonly<Record<string, Readonly<Record<string, number>>>> = {
  "Page views per minute by route A": { '{route="/"}': 6, '{route="/cart"}': 4 },
  "Active sessions A": { "{}": 12 },
  "Conversions per minute by name A": { '{conversion="purchase"}': 2 },
  "Conversions per minute by name B": { '{conversion="intent"}': 3 },
  "Conversions in total A": { '{conversion="purchase"}': 60 },
  "Conversions in total B": { '{conversion="intent"}': 90 },
  "Conversion rate A": { "{}": 0.25 },
  "Revenue per minute, EUR A": { '{conversion="purchase"}': 5 },
  "Revenue per minute, USD A": { '{conversion="purchase"}': 40 },
  "Revenue in total, EUR A": { "{}": 150 },
  "Revenue in total, USD A": { "{}": 1200 },
  "Revenue per minute by experience, EUR A": { '{experience="good"}': 5 },
  "Revenue per minute by experience, USD A": { '{experience="good"}': 30, '{experience="poor"}': 10 },
  // All documents lie between 2.5 and 3 s: three quarters of the way.
  "LCP of loaded documents, 75th percentile A": { "{}": 2.875 },
  "Share of good LCP by navigation A": { '{navigation="hard"}': 0, '{navigation="bfcache"}': 1 },
  "JavaScript errors per minute by route A": { '{route="/"}': 2 },
  "JavaScript errors per minute by route B": { '{route="/cart"}': 1 },
  "LCP by navigation, 75th percentile A": { '{navigation="hard"}': 2.875, '{navigation="bfcache"}': 1.875 },
  "Phases of a page's load, 75th percentile A": { '{phase="load"}': 0.75 },
  "Long tasks, 75th percentile by script A": { '{party="first"}': 0.075 },
  "Rage, dead and error clicks per minute A": { '{element="pay"}': 1 },
  "Rage, dead and error clicks per minute B": { '{element="pay"}': 2 },
  "Rage, dead and error clicks per minute C": { '{element="pay"}': 3 },
  "Funnels, sessions by step A": { '{funnel="checkout", step="1", event="page_view:/"}': 240 },
  "Funnels, sessions by step B": { '{funnel="checkout", step="2", event="page_view:/cart"}': 120 },
  "Funnels, share that goes on to the next step A": { "{}": 0.5 },
  "Feature uses per minute A": { '{feature="dark_mode"}': 5 },
  "Actions per minute A": { '{action="ship"}': 2 },
  "Actions per minute B": { '{action="add_to_cart"}': 9 },
  "Measurements in seconds, 95th percentile A": { "{}": 1.95 },
  "Measurements in bytes, 95th percentile (backend) A": { "{}": 95 },
  "API duration by endpoint, 75th percentile A": { '{api_endpoint="/api/products"}': 0.75 },
  "API error ratio by endpoint A": { '{api_endpoint="/api/products"}': 0.25 },
  "API errors per minute by kind A": { '{kind="5xx"}': 1 },
  "Requests per second by route A": { '{route="/"}': 1 },
  "Error ratio A": { "{}": 0.05 },
  "Request duration, 95th percentile A": { "{}": 0.295 },
  "Job duration, 95th percentile A": { '{job_name="invoice"}': 0.95 },
  "Job error ratio A": { '{job_name="invoice"}': 0.1 },
  "Jobs in flight A": { '{job_name="invoice"}': 3 },
  "Queue depth A": { '{queue="mail"}': 4 },
  "Time to the first item of streams, 95th percentile A": { '{model="m", stream="chat"}': 0.95 },
  "Active streams A": { '{stream="chat"}': 2 },
  "Query duration by table, 95th percentile A": { '{operation="select", table="t"}': 0.00095 },
  "Database connections A": { '{pool="p"}': 5 },
  "Database connections B": { '{pool="p"}': 6 },
  "Database connections C": { '{pool="p"}': 7 },
  "Cache hit ratio A": { '{cache="c"}': 0.75 },
  "Refunds per minute, EUR A": { '{conversion="purchase"}': 1 },
  "Refunds per minute, USD A": { '{conversion="purchase"}': 7 },
  "Application errors per minute A": { '{error_type="Error"}': 2 },
  "Application errors per minute B": { '{exception_type="Error"}': 1 },
  "Sessions per minute by device A": { '{device="phone"}': 8 },
  "Events per minute by outcome A": { "{}": 50 },
  "Events per minute by outcome B": { "{}": 5 },
  "Events per minute by outcome C": { "{}": 2 },
  "Refused batches and events per minute by reason A": { '{reason="bad_key"}': 4 },
  "Refused batches and events per minute by reason B": { '{reason="unknown_name"}': 3 },
  "Oldest entry that waits for the disk A": { '{instance="a:1"}': 0.5 },
  "Free space on the journal's disk A": { '{instance="a:1"}': 9 },
  "Journal A": { '{instance="a:1"}': 1 },
  "Folded samples per minute by metric A": { '{metric="m"}': 7 },
  "Objective fast_pages A": { "{}": 0 },
  "Objective reliable_api A": { "{}": 0.05 },
};

describe("the boards of an app that is scraped under two jobs, beside another app", () => {
  /** The shop's values times `factor`, of a target. */
  const seriesOf = (target: string, factor: number): SeriesByName =>
    Object.fromEntries([
      ...Object.entries(perMinute).map(([name, by]) => [withTarget(name, target), `0+${by * factor}x40`]),
      ...Object.entries(gauges).map(([name, value]) => [withTarget(name, target), `${value * factor}x40`]),
    ]);
  const withTarget = (name: string, target: string): string =>
    name.replace("{", name.endsWith("{}") ? `{${target}` : `{${target},`);
  const series = {
    ...seriesOf('job="shop",instance="a:1"', 1),
    ...seriesOf('job="canary",instance="b:1"', 3),
    ...seriesOf('job="blog",instance="c:1"', 3),
  };
  const expressions = describeBoards(describeMetrics(shop), shop)
    .flatMap((board) => dashboardExpressions(renderClassic(board)))
    .map(({ panel, refId, expr }) => ({ key: `${panel} ${refId}`, expr }));

  it("shows of each query what the chosen job's series give by hand", async () => {
    const judged = expressions.filter(({ key }) => Object.hasOwn(byHand, key));
    expect(new Set(judged.map(({ key }) => key))).toEqual(new Set(Object.keys(byHand)));
    const tests = judged.map(({ key, expr }) => ({
      // A whole number compares without the last binary digits.
      expr: `round(1e5 * (${withVariables(expr, { interval: "4m" })}))`,
      eval_time: "35m",
      exp_samples: Object.entries(byHand[key]!).map(([labels, value]) => ({
        labels,
        value: Math.round(value * 1e5),
      })),
    }));
    const text = JSON.stringify({
      evaluation_interval: "1m",
      tests: [
        {
          interval: "1m",
          input_series: Object.entries(series).map(([name, values]) => ({ series: name, values })),
          promql_expr_test: tests,
        },
      ],
    });
    expect(await promtool(["test", "rules"], "test.yaml", text)).toContain("SUCCESS");
  });
});
