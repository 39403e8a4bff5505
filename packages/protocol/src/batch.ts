import type { WebVitalName } from "./webVitals.ts";

/** How the page view came to be. */
export type PageViewNavigation = "load" | "push" | "replace" | "traverse" | "bfcache" | "prerender";

/** Why the page lost an event before it was sent. */
export type DropReason = "queue_full" | "oversize" | "invalid" | "refused" | "expired";

/** Values of a call as they travel. The server knows which of the keys are labels. */
export type WireDetails = Record<string, string | number | boolean>;

interface EventBase {
  /** When it happened by the page's clock: milliseconds since 1970. Never used to count, only to order. */
  at: number;
  /** The route pattern, or the path without query and hash, which the server matches to a pattern. */
  route: string;
  /** How many equal events this one stands for: an integer, 1 to `MAX_COUNT`. Default 1. */
  count?: number;
}

/** A session began: the first batch of a new session id carries it. */
export interface SessionStartEvent extends EventBase {
  type: "session_start";
}

export interface PageViewEvent extends EventBase {
  type: "page_view";
  navigation: PageViewNavigation;
}

/** A click on an element with a `data-rum` name, or inside of one. */
export interface ClickEvent extends EventBase {
  type: "click";
  name: string;
}

export interface ActionEvent extends EventBase {
  type: "action";
  name: string;
  details?: WireDetails;
}

export interface ConversionEvent extends EventBase {
  type: "conversion";
  name: string;
  /** Money in minor units of `currency`: 1999 is 19.99 USD. An integer, 0 to `MAX_AMOUNT`. */
  amount?: number;
  /** ISO 4217, upper case. */
  currency?: string;
  details?: WireDetails;
}

export interface MeasurementEvent extends EventBase {
  type: "measurement";
  name: string;
  /** In the unit that the catalogue declares. */
  value: number;
  details?: WireDetails;
}

/** The final value of a vital for one page view. */
export interface VitalEvent extends EventBase {
  type: "vital";
  name: WebVitalName;
  /** Seconds, or the CLS score. */
  value: number;
}

export interface ErrorEvent extends EventBase {
  type: "error";
  /** Who saw it: `window.onerror`, an unhandled rejection, the app's own `trackError`, a React boundary. */
  source: "uncaught" | "rejection" | "handled" | "react";
  /** The constructor's name: `TypeError`. */
  name: string;
  message: string;
  stack?: string;
}

export type PageEvent =
  | SessionStartEvent
  | PageViewEvent
  | ClickEvent
  | ActionEvent
  | ConversionEvent
  | MeasurementEvent
  | VitalEvent
  | ErrorEvent;

/** What every batch says about itself, whatever its events are. */
export interface BatchEnvelope {
  /** The version of this contract, and the first key of the object. */
  v: 1;
  /** 128 random bits as 32 lower-case hexadecimal digits. The same batch keeps it over every retry. */
  id: string;
  /** The batch's place in its page, from 0. A gap tells of a batch that never came. */
  seq: number;
  /** The app's name. Without it, the collector's own. */
  app?: string;
  /** The app's release, free text. Reaches the live tail, not a label. */
  release?: string;
  /** Random, 32 lower-case hexadecimal digits. Never a label. */
  session: string;
  /** When the page first sent it, by its own clock: milliseconds since 1970. */
  sentAt: number;
  /** What the page lost since the last batch, by reason. */
  dropped?: { [Reason in DropReason]?: number };
  events: unknown[];
}

/** One request body of `POST /collect`. */
export interface Batch extends BatchEnvelope {
  events: PageEvent[];
}
