import { type Catalog, defineCatalog, MAX_TEXT, type PageEvent } from "@rumkit/protocol";
import { describe, expect, test } from "vitest";
import { isRejection } from "../base/rejection.ts";
import { MAX_ELEMENT_NAMES } from "./clicksAndForms.ts";
import { describeMetrics } from "../collector/parts.ts";
import { createRecorder } from "../metrics/recorder.ts";
import { describeEvent } from "../collect/describeEvent.ts";
import { createPageVocabulary } from "./pageEvents.ts";

const catalog = defineCatalog({
  app: "shop",
  routes: ["/", "/product/:id"],
  actions: { search: { help: "Searches." } },
  conversions: { wish: { help: "Wishes.", value: { money: ["USD"] } } },
  features: { dark_mode: { help: "Dark." } },
  endpoints: ["/api/products/:id", "https://pay.example/v1/:id", "/:anything/:else"],
  funnels: { buy: ["page_view:/product/:id", "action:search"] },
});

/** The changes of every series by events, by `name{label=value}`; a histogram as its observations and their sum. */
function count(events: readonly PageEvent[], of: Catalog = catalog): Record<string, number | string> {
  const translate = createPageVocabulary(of);
  const recorder = createRecorder(describeMetrics(of));
  for (const event of events) {
    const counted = translate(event);
    if (isRejection(counted)) throw new Error(counted.code);
    for (const sample of counted.samples) recorder.record(sample);
  }
  return Object.fromEntries(
    recorder.totals().map(({ metric, labels, value, sum }) => [
      `${metric}{${Object.entries(labels)
        .map(([name, text]) => `${name}=${text}`)
        .join(",")}}`,
      sum === undefined ? value : `${value} of ${sum}`,
    ]),
  );
}

function refusal(event: PageEvent): { code: string; message: string } {
  const counted = createPageVocabulary(catalog)(event);
  if (!isRejection(counted)) throw new Error("It is counted.");
  return counted;
}

const route = "/product/7";

describe("what an event counts", () => {
  test.each<[title: string, event: PageEvent, series: Record<string, number | string>]>([
    [
      "a session by device and network",
      { type: "session_start", device: "mobile", browser: "safari", connection: "4g" },
      { "rum_sessions_total{device=mobile,browser=safari,connection=4g}": 1 },
    ],
    [
      "a session that says nothing of itself",
      { type: "session_start", count: 2 },
      { "rum_sessions_total{device=unknown,browser=unknown,connection=unknown}": 2 },
    ],
    ["a heartbeat: nothing", { type: "heartbeat", route }, {}],
    [
      "a page view",
      { type: "page_view", route, navigation: "soft", experience: "needs_improvement" },
      { "rum_page_views_total{route=/product/:id,navigation=soft,experience=needs_improvement}": 1 },
    ],
    [
      "a page view that names no route",
      { type: "page_view" },
      { "rum_page_views_total{route=unmatched,navigation=hard,experience=unknown}": 1 },
    ],
    ["a click", { type: "click", name: "buy", count: 3 }, { "rum_clicks_total{element=buy}": 3 }],
    ["a click by tag", { type: "click", name: "tag:button" }, { "rum_clicks_total{element=tag:button}": 1 }],
    [
      "a click on text of a user",
      { type: "click", name: "Dear Ann, …" },
      { "rum_clicks_total{element=__other__}": 1 },
    ],
    ["a rage click", { type: "rage_click", name: "buy" }, { "rum_rage_clicks_total{element=buy}": 1 }],
    ["a dead click", { type: "dead_click", name: "buy" }, { "rum_dead_clicks_total{element=buy}": 1 }],
    ["an error click", { type: "error_click", name: "buy" }, { "rum_error_clicks_total{element=buy}": 1 }],
    ["a form's start", { type: "form_start", name: "login" }, { "rum_form_starts_total{form=login}": 1 }],
    ["a form", { type: "form_submit", name: "login" }, { "rum_form_submissions_total{form=login}": 1 }],
    [
      "a form that is left",
      { type: "form_abandon", name: "a b" },
      { "rum_form_abandons_total{form=__other__}": 1 },
    ],
    [
      "a feature",
      { type: "feature", name: "dark_mode" },
      { "rum_feature_usage_total{feature=dark_mode}": 1 },
    ],
    [
      "a step of a funnel",
      { type: "funnel_step", name: "buy", step: 2 },
      { "rum_funnel_sessions_total{funnel=buy,step=2,event=action:search}": 1 },
    ],
    [
      "a conversion, with what the session had experienced",
      { type: "conversion", name: "wish", amount: 250, currency: "USD", experience: "poor" },
      {
        "rum_conversions_total{conversion=wish,experience=poor}": 1,
        "rum_conversion_value_total{conversion=wish,currency=USD}": 2.5,
      },
    ],
    [
      "an LCP, and what was painted",
      { type: "LCP", route, value: 2.6, navigation: "bfcache", part: "image", element: "hero" },
      {
        "rum_lcp_seconds{route=/product/:id,navigation=bfcache}": "1 of 2.6",
        "rum_lcp_elements_total{part=image,element=hero,rating=needs_improvement}": 1,
      },
    ],
    [
      "an LCP that cannot have waited for input",
      { type: "LCP", route: "/", value: 2.5, part: "input_delay", element: "a b" },
      {
        "rum_lcp_seconds{route=/,navigation=hard}": "1 of 2.5",
        "rum_lcp_elements_total{part=none,element=__other__,rating=good}": 1,
      },
    ],
    [
      "an INP, and what it waited for",
      { type: "INP", route: "/", value: 0.51, part: "processing", party: "third", element: "buy" },
      {
        "rum_inp_seconds{route=/,navigation=hard}": "1 of 0.51",
        "rum_inp_interactions_total{part=processing,party=third,element=buy,rating=poor}": 1,
      },
    ],
    [
      "an INP of which nothing is known",
      { type: "INP", route: "/", value: 0.2 },
      {
        "rum_inp_seconds{route=/,navigation=hard}": "1 of 0.2",
        "rum_inp_interactions_total{part=none,party=none,element=none,rating=good}": 1,
      },
    ],
    [
      "an INP that was the same in three views",
      { type: "INP", route: "/", value: 0.008, count: 3 },
      {
        "rum_inp_seconds{route=/,navigation=hard}": "3 of 0.024",
        "rum_inp_interactions_total{part=none,party=none,element=none,rating=good}": 3,
      },
    ],
    [
      "an LCP that was the same in two views",
      { type: "LCP", route: "/", value: 2.5, count: 2 },
      {
        "rum_lcp_seconds{route=/,navigation=hard}": "2 of 5",
        "rum_lcp_elements_total{part=none,element=none,rating=good}": 2,
      },
    ],
    [
      "a CLS",
      { type: "CLS", route: "/", value: 0.1 },
      { "rum_cls_score{route=/,navigation=hard}": "1 of 0.1" },
    ],
    [
      "an FCP of a prerendered page",
      { type: "FCP", route: "/", value: 1, navigation: "prerender" },
      { "rum_fcp_seconds{route=/,navigation=prerender}": "1 of 1" },
    ],
    [
      "a TTFB",
      { type: "TTFB", route: "/", value: 1 },
      { "rum_ttfb_seconds{route=/,navigation=hard}": "1 of 1" },
    ],
    [
      "an error in a worker",
      { type: "error", route: "/", source: "worker", name: "Error" },
      { "rum_js_errors_total{route=/,source=worker}": 1 },
    ],
    [
      "a notice of the browser",
      { type: "error", route: "/", source: "notice", name: "Error", count: 17 },
      { "rum_notices_total{route=/,source=notice}": 17 },
    ],
    [
      "a rejection",
      { type: "error", route: "/", source: "rejection", name: "Error", count: 4 },
      { "rum_unhandled_rejections_total{route=/}": 4 },
    ],
    [
      "a picture that is missing",
      { type: "resource_error", name: "img" },
      { "rum_resource_errors_total{kind=img}": 1 },
    ],
    [
      "a custom element that is missing",
      { type: "resource_error", name: "x-widget" },
      { "rum_resource_errors_total{kind=other}": 1 },
    ],
    [
      "a call that was answered",
      { type: "api_call", name: "/api/products/7", method: "GET", status: 204, value: 0.5 },
      {
        "rum_api_request_duration_seconds{api_endpoint=/api/products/:id,method=GET,status=2xx}": "1 of 0.5",
      },
    ],
    [
      "a call of which the browser tells nothing",
      { type: "api_call", name: "/nowhere", value: 0.5 },
      { "rum_api_request_duration_seconds{api_endpoint=unmatched,method=none,status=none}": "1 of 0.5" },
    ],
    [
      "a call of another origin, with a nonstandard method",
      { type: "api_call", name: "https://pay.example/v1/7", method: "BREW", status: 404, value: 1 },
      {
        "rum_api_request_duration_seconds{api_endpoint=https://pay.example/v1/:id,method=other,status=4xx}":
          "1 of 1",
        "rum_api_errors_total{api_endpoint=https://pay.example/v1/:id,method=other,kind=4xx}": 1,
      },
    ],
    [
      "a call of an origin that is not declared, which no path's pattern matches",
      { type: "api_call", name: "https://tracker.example", method: "POST", failure: "network", value: 1 },
      { "rum_api_errors_total{api_endpoint=unmatched,method=POST,kind=network}": 1 },
    ],
    [
      "a call that broke off while it was answered",
      { type: "api_call", name: "/api/products/7", method: "GET", status: 200, failure: "abort", value: 1 },
      {
        "rum_api_request_duration_seconds{api_endpoint=/api/products/:id,method=GET,status=2xx}": "1 of 1",
        "rum_api_errors_total{api_endpoint=/api/products/:id,method=GET,kind=abort}": 1,
      },
    ],
    [
      "a call that failed on the server",
      { type: "api_call", name: "/api/products/7", method: "GET", status: 503, value: 1 },
      {
        "rum_api_request_duration_seconds{api_endpoint=/api/products/:id,method=GET,status=5xx}": "1 of 1",
        "rum_api_errors_total{api_endpoint=/api/products/:id,method=GET,kind=5xx}": 1,
      },
    ],
    [
      "the load of a page, the network's part without a route",
      { type: "page_load", route, dns: 0.02, connect: 0, interactive: 0.5, load: 1.5, bytes: 5000 },
      {
        "rum_page_load_seconds{phase=dns}": "1 of 0.02",
        "rum_page_load_seconds{phase=connect}": "1 of 0",
        "rum_page_load_seconds{route=/product/:id,phase=interactive}": "1 of 0.5",
        "rum_page_load_seconds{route=/product/:id,phase=load}": "1 of 1.5",
        "rum_page_load_bytes{route=/product/:id}": "1 of 5000",
      },
    ],
    ["a load of which nothing is known", { type: "page_load", route }, {}],
    [
      "a long task",
      { type: "long_task", value: 0.3, party: "extension" },
      { "rum_long_task_seconds{party=extension}": "1 of 0.3" },
    ],
    [
      "a long task without a party",
      { type: "long_task", value: 1, count: 2 },
      { "rum_long_task_seconds{party=none}": "2 of 2" },
    ],
    ["the heap", { type: "heap", value: 1e7 }, { "rum_js_heap_bytes{}": "1 of 10000000" }],
    [
      "how long a page was visible",
      { type: "visible", route, value: 12 },
      { "rum_visible_seconds{route=/product/:id}": "1 of 12" },
    ],
  ])("%s", (_title, event, series) => {
    expect(count([event])).toEqual(series);
  });

  test("elements past the two hundredth are one, and keep the other labels", () => {
    const slow = (element: string): PageEvent => ({ type: "INP", value: 1, part: "processing", element });
    const names = Array.from({ length: MAX_ELEMENT_NAMES + 50 }, (_, index) => `button_${index}`);
    const series = count([...names.map(slow), slow("button_0")]);
    const label = "rum_inp_interactions_total{part=processing,party=none";
    expect(series[`${label},element=__other__,rating=poor}`]).toBe(50);
    expect(series[`${label},element=button_0,rating=poor}`]).toBe(2);
  });
});

describe("names outside of the catalog are refused", () => {
  test.each<[fault: string, event: PageEvent, code: string, sentence: string]>([
    ["a feature", { type: "feature", name: "x" }, "unknown_name", 'no feature "x". Known: dark_mode'],
    ["a function of every object", { type: "feature", name: "toString" }, "unknown_name", "no feature"],
    ["a funnel", { type: "funnel_step", name: "x", step: 1 }, "unknown_name", 'no funnel "x". Known: buy'],
    [
      "a step",
      { type: "funnel_step", name: "buy", step: 3 },
      "unknown_name",
      "has 2 steps, and none has the number 3",
    ],
    ["a CLS of a thousand and more", { type: "CLS", value: 1001 }, "bad_number", "at most 1000"],
  ])("%s", (_fault, event, code, sentence) => {
    expect(refusal(event)).toMatchObject({ code, message: expect.stringContaining(sentence) });
  });
});

describe("the route", () => {
  const translate = createPageVocabulary(catalog);
  const routeOf = (event: PageEvent, before?: string) => {
    const counted = translate(event, before);
    return isRejection(counted) ? counted.code : counted.route;
  };

  test("is the event's own, else that of the event before it, else none that is known", () => {
    expect(routeOf({ type: "click", name: "a", route: "/product/1" }, "/")).toBe("/product/:id");
    expect(routeOf({ type: "click", name: "a" }, "/product/1")).toBe("/product/:id");
    expect(routeOf({ type: "click", name: "a" })).toBe("unmatched");
    expect(routeOf({ type: "click", name: "a" }, "/".repeat(MAX_TEXT))).toBe("/");
  });
});

describe("the live tail shows", () => {
  const translate = createPageVocabulary(catalog);
  const shown = (event: PageEvent) => {
    const counted = translate(event);
    return isRejection(counted) ? counted.code : describeEvent(counted);
  };

  test("every field of an event apart from its name", () => {
    expect(
      shown({
        type: "api_call",
        route: "/",
        name: "/api/x",
        method: "GET",
        value: 1,
        failure: "timeout",
      }),
    ).toEqual({
      source: "page",
      type: "api_call",
      name: "/api/x",
      route: "/",
      count: 1,
      details: { value: 1, method: "GET", failure: "timeout" },
    });
    expect(shown({ type: "INP", value: 1, element: "buy" })).toMatchObject({
      name: "INP",
      details: { value: 1, element: "buy" },
    });
  });
});
