import type { WebVitalName, WebVitalRating } from "../values/webVitals.ts";

/**
 * How a page view came to be: a document was loaded, a router changed the path, the browser's back-forward
 * cache gave the page back, a prerendered page was shown.
 */
export type Navigation = "hard" | "soft" | "bfcache" | "prerender";

/** Whether the screen is that of a computer, a phone or a tablet. */
export type Device = "desktop" | "mobile" | "tablet";

/** The family of the browser. */
export type BrowserFamily = "chrome" | "edge" | "firefox" | "safari" | "samsung" | "other";

/** How fast the network felt: `effectiveType` of the Network Information API. */
export type ConnectionClass = "slow-2g" | "2g" | "3g" | "4g";

/** Whose script it was: of the page's own origin, of another one, of a browser extension. */
export type ScriptParty = "first" | "third" | "extension";

/**
 * Why the page did not send an event: no room, too large, no event at all, refused by the collector, too old,
 * the user did not consent, `beforeSend` took it out.
 */
export type DropReason =
  | "queue_full"
  | "oversize"
  | "invalid"
  | "refused"
  | "expired"
  | "consent"
  | "filtered";

/** Values of a call as they travel. The server knows which of the keys are labels. */
export type WireDetails = Record<string, string | number | boolean>;

interface EventBase {
  /**
   * The route pattern, or the path without query and hash, which the server matches to a pattern. Default:
   * that of the event before it in the batch.
   */
  route?: string;
  /** How many equal events this one stands for: an integer, 1 to `MAX_COUNT`. Default 1. */
  count?: number;
}

/** A session began: the first batch of a new session id carries it. */
export interface SessionStartEvent extends EventBase {
  type: "session_start";
  device?: Device;
  browser?: BrowserFamily;
  connection?: ConnectionClass;
}

/** The session is still there: its page is visible, and nothing else was sent lately. */
export interface HeartbeatEvent extends EventBase {
  type: "heartbeat";
}

export interface PageViewEvent extends EventBase {
  type: "page_view";
  /** Default `"hard"`. */
  navigation?: Navigation;
  /** The worst rating of LCP, INP and CLS that the session has seen so far. None where none is known. */
  experience?: WebVitalRating;
}

/**
 * A click by the `data-rum` name of the element or of its closest ancestor that has one, else by its role or
 * tag (`tag:button`). Three in a second at one place are one more event, a rage click; one without any effect
 * is a dead click; one that an error follows is an error click.
 */
export interface ClickEvent extends EventBase {
  type: "click" | "rage_click" | "dead_click" | "error_click";
  name: string;
}

/** A form by its `data-rum-form` name: the user began to fill it in, sent it, or left without sending it. */
export interface FormEvent extends EventBase {
  type: "form_start" | "form_submit" | "form_abandon";
  name: string;
}

export interface ActionEvent extends EventBase {
  type: "action";
  name: string;
  details?: WireDetails;
}

/** A declared feature of the app was used. */
export interface FeatureEvent extends EventBase {
  type: "feature";
  name: string;
}

/** A session came to a step of a funnel, after all steps before it, for the first time. */
export interface FunnelStepEvent extends EventBase {
  type: "funnel_step";
  /** The funnel. */
  name: string;
  /** The step's place, from 1. */
  step: number;
}

export interface ConversionEvent extends EventBase {
  type: "conversion";
  name: string;
  /** A number of the app's own, an attribute. */
  value?: number;
  /**
   * Money in minor units of `currency`: 1999 is 19.99 USD. An integer, 0 to `MAX_CLAIM`. Or both are among
   * the details, as `value` in major units (a number or a decimal string) and `currency`: so pages send it. A
   * conversion whose money is neither counts without an amount.
   */
  amount?: unknown;
  /** ISO 4217, upper case. */
  currency?: unknown;
  /** As of a page view. */
  experience?: WebVitalRating;
  details?: WireDetails;
}

export interface MeasurementEvent extends EventBase {
  type: "measurement";
  name: string;
  /** In the unit that the catalogue declares. */
  value: number;
  details?: WireDetails;
}

/** What made a vital what it is, in words of closed sets. */
interface VitalCause {
  /** LCP: what was painted. INP: the longest phase of the interaction. */
  part?: "text" | "image" | "input_delay" | "processing" | "presentation";
  /** INP: whose script ran longest meanwhile. */
  party?: ScriptParty;
  /** The `data-rum` name of the element or of its closest ancestor that has one. */
  element?: string;
}

/** A vital's value for one page view; `count` is the number of page views that had this value. Its type is its name. */
export interface VitalEvent extends EventBase, VitalCause {
  type: WebVitalName;
  /** Seconds, or the CLS score. */
  value: number;
  /** How the page view came to be that the value is of. Default `"hard"`. */
  navigation?: Navigation;
}

export interface ErrorEvent extends EventBase {
  type: "error";
  /**
   * Who saw it: `window.onerror`, an unhandled rejection, the app's own `trackError`, a React boundary or
   * root, a script of another origin that tells nothing ("opaque"), a worker; `console` is `console.error`.
   * `extension` is an error of a browser extension, and `notice` is what the browser reports that is no fault (a
   * `ResizeObserver` loop, an aborted request), whoever saw it. These two and `opaque` are in no error rate.
   */
  source:
    | "uncaught"
    | "rejection"
    | "handled"
    | "react"
    | "worker"
    | "console"
    | "opaque"
    | "extension"
    | "notice";
  /** The constructor's name: `TypeError`. */
  name: string;
  /** None where enough errors of the same kind were described. */
  message?: string;
  stack?: string;
}

/** An image, script, style sheet or other resource did not load. */
export interface ResourceErrorEvent extends EventBase {
  type: "resource_error";
  /** The element's tag in lower case: `img`, `script`, `link`. */
  name: string;
}

/** A request of the page to an API was answered, or failed. */
export interface ApiCallEvent extends EventBase {
  type: "api_call";
  /** The path without query, which the server matches to a declared endpoint; of another origin the URL. */
  name: string;
  /** Seconds from the call to the answer (its last byte where the browser tells), or to the failure. */
  value: number;
  /** Upper case. None where the browser does not tell. */
  method?: string;
  /** The HTTP status, 100 to 599. None for a failure, and where the browser does not tell. */
  status?: number;
  /** Why there is no answer. */
  failure?: "network" | "timeout" | "abort";
}

/** The phases of a document's load, in seconds; those that did not happen are left out. */
export interface PageLoadEvent extends EventBase {
  type: "page_load";
  /** The look-up of the host's name. */
  dns?: number;
  /** The connection, with TLS. */
  connect?: number;
  /** From the first to the last byte of the document. */
  download?: number;
  /** From the start of the navigation until the document was parsed. */
  interactive?: number;
  /** From the start of the navigation until all resources were there. */
  complete?: number;
  /** From the start of the navigation to the end of the load event. */
  load?: number;
  /** What travelled for the document, with headers, in bytes. */
  bytes?: number;
}

/** A frame, or where the browser knows only tasks a task, that kept the page from answering for over 50 ms. */
export interface LongTaskEvent extends EventBase {
  type: "long_task";
  /** Its length in seconds. */
  value: number;
  /** Whose script ran longest in it. */
  party?: ScriptParty;
}

/** JavaScript heap in use, where the browser tells, when the page was hidden. */
export interface HeapEvent extends EventBase {
  type: "heap";
  /** Bytes. */
  value: number;
}

/** How long a page view was visible. */
export interface VisibleEvent extends EventBase {
  type: "visible";
  /** Seconds. */
  value: number;
}

export type PageEvent =
  | SessionStartEvent
  | HeartbeatEvent
  | PageViewEvent
  | ClickEvent
  | FormEvent
  | ActionEvent
  | FeatureEvent
  | FunnelStepEvent
  | ConversionEvent
  | MeasurementEvent
  | VitalEvent
  | ErrorEvent
  | ResourceErrorEvent
  | ApiCallEvent
  | PageLoadEvent
  | LongTaskEvent
  | HeapEvent
  | VisibleEvent;

/** What every batch says about itself, whatever its events are. */
export interface BatchEnvelope {
  /** The version of this contract, and the first key of the object. */
  v: 1;
  /** 128 random bits as 32 lower-case hexadecimal digits. The same batch keeps it over every retry. */
  id: string;
  /** The batch's place in its session, from 0. A gap tells of a batch that never came. Default 0. */
  seq?: number;
  /** The app's name. Without it, the collector's own. */
  app?: string;
  /** The app's release, free text. Reaches the live tail, not a label. */
  release?: string;
  /** Where the app runs: `production`, `staging`. Free text. Reaches the live tail, not a label. */
  environment?: string;
  /** Random, 32 lower-case hexadecimal digits. Never a label. */
  session: string;
  /** The share of sessions that report at all, above 0 and at most 1. Default 1. */
  rate?: number;
  /** When the page first sent it, by its own clock: milliseconds since 1970. */
  sentAt: number;
  /** What the page lost since the last batch, by reason. */
  dropped?: { [Reason in DropReason]?: number };
  /** Attributes of all its events: what the app gave to `setContext`. */
  context?: WireDetails;
  events: unknown[];
}

/** One request body of `POST /collect`. */
export interface Batch extends BatchEnvelope {
  events: PageEvent[];
}

/** What a page needs of the catalogue to decide funnels: the answer of `GET /collect/funnels`. */
export interface FunnelSteps {
  /** Route patterns, in the order of the catalogue. */
  routes: readonly string[];
  /** Steps by funnel: `page_view:/cart`, `action:add_to_cart`, `conversion:signup`, `feature:dark_mode`. */
  funnels: Readonly<Record<string, readonly string[]>>;
}
