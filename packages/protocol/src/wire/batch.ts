import type { EventOf } from "./events.ts";
import type { BROWSERS, CONNECTIONS, DEVICES, DROP_REASONS, NAVIGATIONS, PARTIES } from "./words.ts";

/**
 * The origin of a page view: a document was loaded, a router changed the path, the browser's back-forward cache
 * restored the page, or a prerendered page was shown.
 */
export type Navigation = (typeof NAVIGATIONS)[number];

/** The kind of screen: of a computer, a phone or a tablet. */
export type Device = (typeof DEVICES)[number];

/** The family of the browser. */
export type BrowserFamily = (typeof BROWSERS)[number];

/** The speed of the network: `effectiveType` of the Network Information API. */
export type ConnectionClass = (typeof CONNECTIONS)[number];

/** The owner of a script: the page's own origin, another origin, a browser extension. */
export type ScriptParty = (typeof PARTIES)[number];

/**
 * The reason for an event that the page did not send: no room, too large, not an event, refused by the collector, too
 * old, no consent of the user, removed by `beforeSend`.
 */
export type DropReason = (typeof DROP_REASONS)[number];

export type SessionStartEvent = EventOf<"session_start">;
export type HeartbeatEvent = EventOf<"heartbeat">;
export type PageViewEvent = EventOf<"page_view">;
export type ClickEvent = EventOf<"click" | "rage_click" | "dead_click" | "error_click">;
export type FormEvent = EventOf<"form_start" | "form_submit" | "form_abandon">;
export type ActionEvent = EventOf<"action">;
export type FeatureEvent = EventOf<"feature">;
export type FunnelStepEvent = EventOf<"funnel_step">;
export type ConversionEvent = EventOf<"conversion">;
export type MeasurementEvent = EventOf<"measurement">;
/** A vital's value of one page view, or of `count` page views with the same value. Its type is the vital's name. */
export type VitalEvent = EventOf<"LCP" | "INP" | "CLS" | "FCP" | "TTFB">;
export type ErrorEvent = EventOf<"error">;
export type ResourceErrorEvent = EventOf<"resource_error">;
export type ApiCallEvent = EventOf<"api_call">;
export type PageLoadEvent = EventOf<"page_load">;
export type LongTaskEvent = EventOf<"long_task">;
export type HeapEvent = EventOf<"heap">;
export type VisibleEvent = EventOf<"visible">;

/** The part of the catalog by which a page decides funnels: the answer of `GET /collect/funnels`. */
export interface FunnelSteps {
  /** Route patterns, in the order of the catalog. */
  routes: readonly string[];
  /** Steps by funnel: `page_view:/cart`, `action:add_to_cart`, `conversion:signup`, `feature:dark_mode`. */
  funnels: Readonly<Record<string, readonly string[]>>;
}
