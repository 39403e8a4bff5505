import type { EventRejection } from "./answers.ts";
import type { Fields, ObjectOf } from "./field.ts";
import {
  HIGHEST_MEASUREMENT,
  MAX_COUNT,
  MAX_NAME,
  MAX_STACK,
  MAX_STEP,
  MAX_TEXT,
  ONE_DAY,
  ONE_TEBIBYTE,
  TEN_MINUTES,
} from "./limits.ts";
import {
  API_FAILURES,
  BROWSERS,
  CONNECTIONS,
  DEVICES,
  ERROR_SOURCES,
  EXPERIENCES,
  INP_PARTS,
  LCP_PARTS,
  NAVIGATIONS,
  PARTIES,
} from "./words.ts";

/** One type of event. */
interface EventSpec {
  /** One sentence of Markdown, without a full stop. */
  readonly what: string;
  /** The section of the docs: the visit, the user's actions, or the browser's measurements. */
  readonly group: "visit" | "use" | "browser";
  /** The metrics that it counts, as Markdown. */
  readonly counts: string;
  /** The level of overload from which the collector leaves it out. */
  readonly shedFrom: 1 | 2 | "never";
  /** The fields that are specific to this type; `type` and `commonFields` are not repeated. */
  readonly fields: Fields;
}

/** The code of a refused event by the kind of the field that is wrong; a field's own `reason` wins. */
export const EVENT_REASONS = {
  number: "bad_number",
  other: "bad_event",
} as const satisfies Record<string, EventRejection>;

/** The fields of every event, next to `type`. */
export const commonFields = {
  route: {
    kind: "text",
    most: MAX_TEXT,
    optional: true,
    what: "a pattern of the catalog, or a path without query and hash, which the collector matches to one. Without it an event has the route of the previous event in the batch, even if that was refused; the first event is `unmatched`",
  },
  count: {
    kind: "integer",
    least: 1,
    most: MAX_COUNT,
    optional: true,
    what: "the number of equal events that this one stands for, default 1; for a vital, the number of page views with this value",
  },
} as const satisfies Fields;

const name = { kind: "text", least: 1, most: MAX_NAME } as const;
const seconds = { kind: "number", least: 0, most: TEN_MINUTES, unit: "seconds" } as const;
const bytes = { kind: "number", least: 0, most: ONE_TEBIBYTE, unit: "bytes" } as const;
const details = { kind: "details", excess: "cut", optional: true } as const;
const party = {
  kind: "enum",
  values: PARTIES,
  optional: true,
  what: "the owner of the script that ran longest",
} as const;
const experience = {
  kind: "enum",
  values: EXPERIENCES,
  optional: true,
  what: "the worst rating of LCP, INP and CLS in the session so far",
} as const;
const navigation = {
  kind: "enum",
  values: NAVIGATIONS,
  optional: true,
  what: "the origin of the page view, default `hard`",
} as const;

const element = {
  name: { ...name, what: "of the closest `data-rum`, else role or tag (`tag:button`)" },
} as const;
const form = { name: { ...name, what: "the form's `data-rum-form`" } } as const;
/**
 * Each vital has a different highest value, in `webVitals`. Its `count` is the number of page views with this value.
 */
const vital = {
  value: { kind: "number", least: 0, what: "seconds, CLS as its score" },
  navigation,
  part: {
    kind: "enum",
    values: [...LCP_PARTS, ...INP_PARTS],
    optional: true,
    what: "for LCP the kind of the element, for INP the longest phase",
  },
  party,
  element: { ...name, optional: true, what: "the `data-rum` name of the element or of its closest ancestor" },
} as const;

/**
 * Every event that a page can send, and the only definition of its fields.
 *
 * The types below, the reader of the collector with its reasons, the sentences in development, the OpenAPI document and
 * the tables of `docs/protocol.md` are all made from it. A new type of event is one entry here, the source in the page
 * that sends it, and what the collector counts for it.
 */
export const events = {
  session_start: {
    what: "A session began: the first batch of a new session id carries it",
    group: "visit",
    counts: "`rum_sessions_total{device,browser,connection}`",
    shedFrom: 2,
    fields: {
      device: { kind: "enum", values: DEVICES, optional: true },
      browser: { kind: "enum", values: BROWSERS, optional: true },
      connection: { kind: "enum", values: CONNECTIONS, optional: true },
    },
  },
  heartbeat: {
    what: "The page is still visible, and has sent nothing else recently",
    group: "visit",
    counts: "`rum_active_sessions`",
    shedFrom: 1,
    fields: {},
  },
  page_view: {
    what: "A page was shown",
    group: "visit",
    counts: "`rum_page_views_total{route,navigation,experience}`",
    shedFrom: 2,
    fields: { navigation, experience },
  },
  visible: {
    what: "A page view ended, or was hidden",
    group: "visit",
    counts: "`rum_visible_seconds{route}`",
    shedFrom: 1,
    fields: {
      value: { kind: "number", least: 0, most: ONE_DAY, unit: "seconds", what: "the time it was visible" },
    },
  },

  click: {
    what: "A click",
    group: "use",
    counts: "`rum_clicks_total{element}`",
    shedFrom: 1,
    fields: element,
  },
  rage_click: {
    what: "Three clicks in a second at one place",
    group: "use",
    counts: "`rum_rage_clicks_total{element}`",
    shedFrom: 1,
    fields: element,
  },
  dead_click: {
    what: "A click without any effect",
    group: "use",
    counts: "`rum_dead_clicks_total{element}`",
    shedFrom: 1,
    fields: element,
  },
  error_click: {
    what: "A click that an error followed",
    group: "use",
    counts: "`rum_error_clicks_total{element}`",
    shedFrom: 1,
    fields: element,
  },
  form_start: {
    what: "The user began to fill in a form",
    group: "use",
    counts: "`rum_form_starts_total{form}`",
    shedFrom: 1,
    fields: form,
  },
  form_submit: {
    what: "The user sent a form",
    group: "use",
    counts: "`rum_form_submissions_total{form}`",
    shedFrom: 2,
    fields: form,
  },
  form_abandon: {
    what: "The user left a form without sending it",
    group: "use",
    counts: "`rum_form_abandons_total{form}`",
    shedFrom: 1,
    fields: form,
  },
  action: {
    what: "`trackAction`",
    group: "use",
    counts: "`rum_actions_total{action,…}`",
    shedFrom: 2,
    fields: { name, details },
  },
  feature: {
    what: "A declared feature of the app was used",
    group: "use",
    counts: "`rum_feature_usage_total{feature}`",
    shedFrom: 2,
    fields: { name },
  },
  funnel_step: {
    what: "A session reached a step of a funnel for the first time, after all earlier steps",
    group: "use",
    counts: "`rum_funnel_sessions_total{funnel,step,event}`",
    shedFrom: "never",
    fields: {
      name: { ...name, what: "the funnel" },
      step: { kind: "integer", least: 1, most: MAX_STEP, what: "the number of the step" },
    },
  },
  conversion: {
    what: "`trackConversion`",
    group: "use",
    counts:
      "`rum_conversions_total{conversion,…,experience}`, `rum_conversion_value_total{conversion,currency}`; without money that can be counted `rum_conversions_without_amount_total{conversion,reason}` instead of the value",
    shedFrom: "never",
    fields: {
      name,
      value: { kind: "number", optional: true, what: "a number of the app, which is an attribute" },
      // A conversion counts, whatever its money is.
      amount: {
        kind: "anything",
        optional: true,
        reason: "bad_amount",
        what: 'an integer of minor units of `currency`, at most 10^13: 1999 is 19.99 USD. Pages send it in `details` instead: `value` in major units (a number, or a decimal string such as `"19.99"`), and `currency`',
      },
      currency: { kind: "anything", optional: true, reason: "bad_currency", what: "ISO 4217, upper case" },
      experience,
      details,
    },
  },
  measurement: {
    what: "`measure`",
    group: "use",
    counts: "`rum_<name>_<unit>`",
    shedFrom: 2,
    fields: {
      name,
      value: { kind: "number", least: 0, most: HIGHEST_MEASUREMENT, what: "in the unit of the catalog" },
      details,
    },
  },

  LCP: {
    what: "Largest Contentful Paint",
    group: "browser",
    counts:
      "`rum_lcp_seconds{route,navigation}`, `rum_vital_ratings_total{vital,device,rating}`, `rum_lcp_elements_total{part,element,rating}`",
    shedFrom: 2,
    fields: vital,
  },
  INP: {
    what: "Interaction to Next Paint",
    group: "browser",
    counts:
      "`rum_inp_seconds{route,navigation}`, `rum_vital_ratings_total{vital,device,rating}`, `rum_inp_interactions_total{part,party,element,rating}`",
    shedFrom: 2,
    fields: vital,
  },
  CLS: {
    what: "Cumulative Layout Shift",
    group: "browser",
    counts: "`rum_cls_score{route,navigation}`, `rum_vital_ratings_total{vital,device,rating}`",
    shedFrom: 2,
    fields: vital,
  },
  FCP: {
    what: "First Contentful Paint",
    group: "browser",
    counts: "`rum_fcp_seconds{route,navigation}`, `rum_vital_ratings_total{vital,device,rating}`",
    shedFrom: 2,
    fields: vital,
  },
  TTFB: {
    what: "Time to First Byte",
    group: "browser",
    counts: "`rum_ttfb_seconds{route,navigation}`, `rum_vital_ratings_total{vital,device,rating}`",
    shedFrom: 2,
    fields: vital,
  },
  error: {
    what: "A JavaScript error, or a notice of the browser",
    group: "browser",
    counts:
      "`rum_js_errors_total{route,source}`; a `rejection` in `rum_unhandled_rejections_total{route}`; `notice`, `opaque` and `extension`, which are in no error rate, in `rum_notices_total{route,source}`",
    shedFrom: "never",
    fields: {
      source: { kind: "enum", values: ERROR_SOURCES },
      name: { kind: "text", most: MAX_NAME, what: "the constructor's: `TypeError`" },
      message: {
        kind: "text",
        most: MAX_TEXT,
        optional: true,
        what: "missing once enough errors of the same kind were described",
      },
      stack: { kind: "text", most: MAX_STACK, optional: true },
    },
  },
  resource_error: {
    what: "An image, script, style sheet or other resource did not load",
    group: "browser",
    counts: "`rum_resource_errors_total{kind}`",
    shedFrom: 1,
    fields: { name: { ...name, what: "the element's tag in lower case" } },
  },
  api_call: {
    what: "A request of the page to an API was answered, or failed",
    group: "browser",
    counts:
      "`rum_api_request_duration_seconds{api_endpoint,method,status}` with an answer, `rum_api_errors_total{api_endpoint,method,kind}`",
    shedFrom: 1,
    fields: {
      name: {
        kind: "text",
        least: 1,
        most: MAX_TEXT,
        what: "the path without query, which the collector matches to a declared endpoint; of another origin the URL",
      },
      value: { ...seconds, what: "from the call to the last byte of the answer, or to the failure" },
      method: { ...name, optional: true, what: "upper case" },
      status: { kind: "integer", least: 100, most: 599, optional: true },
      failure: { kind: "enum", values: API_FAILURES, optional: true },
    },
  },
  page_load: {
    what: "A document was loaded; phases that did not happen are left out",
    group: "browser",
    counts: "`rum_page_load_seconds{route,phase}`, `rum_page_load_bytes{route}`",
    shedFrom: 2,
    fields: {
      dns: { ...seconds, optional: true, what: "the lookup of the host's name" },
      connect: { ...seconds, optional: true, what: "the connection, with TLS" },
      download: { ...seconds, optional: true, what: "from the first to the last byte of the document" },
      interactive: {
        ...seconds,
        optional: true,
        what: "from the start of the navigation until the document was parsed",
      },
      complete: {
        ...seconds,
        optional: true,
        what: "from the start of the navigation until all resources were there",
      },
      load: {
        ...seconds,
        optional: true,
        what: "from the start of the navigation to the end of the load event",
      },
      bytes: { ...bytes, optional: true, what: "of the document on the network, with headers" },
    },
  },
  long_task: {
    what: "A frame blocked the page for over 50 ms, or a task in browsers that report only tasks",
    group: "browser",
    counts: "`rum_long_task_seconds{party}`",
    shedFrom: 1,
    fields: { value: { ...seconds, what: "its length" }, party },
  },
  heap: {
    what: "JavaScript heap in use when the page was hidden, in browsers that report it",
    group: "browser",
    counts: "`rum_js_heap_bytes`",
    shedFrom: 1,
    fields: { value: bytes },
  },
} as const satisfies Record<string, EventSpec>;

/** The `type` of an event. */
export type EventType = keyof typeof events;

/** An event of one type, or of several types with the same fields. */
export type EventOf<Type extends EventType> = { type: Type } & ObjectOf<
  typeof commonFields & (typeof events)[Type]["fields"]
>;

/** Any event of a page. */
export type PageEvent = { [Type in EventType]: EventOf<Type> }[EventType];
