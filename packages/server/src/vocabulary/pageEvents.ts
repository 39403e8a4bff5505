import {
  type AttributeValue,
  type Catalog,
  createRouteMatcher,
  type ErrorEvent,
  type LiveEvent,
  type PageEvent,
  type VitalEvent,
  webVitals,
} from "@rumkit/protocol";
import { isRejection, type Rejection } from "../ingest/rejection.ts";
import { OTHER } from "../metrics/descriptor.ts";
import type { Sample } from "../metrics/sample.ts";
import { createCatalogEntries } from "./entries.ts";

/** What an accepted event counts, and how the live tail shows it. */
export interface CountedEvent {
  readonly samples: readonly Sample[];
  readonly entry: Omit<LiveEvent, "at">;
}

/** An element's name that can be a label: written by a developer in `data-rum`, not by a user. */
const ELEMENT_NAME = /^[\w.:/-]{1,64}$/;

/** Translates events of pages into samples: the vocabulary check of every event. Never throws. */
export function createPageVocabulary(catalog: Catalog): (event: PageEvent) => CountedEvent | Rejection {
  const matchRoute = createRouteMatcher(catalog.routes);
  const entries = createCatalogEntries(catalog);

  const toSamples = (event: PageEvent, route: string, times: number): readonly Sample[] | Rejection => {
    switch (event.type) {
      case "session_start":
        return [{ metric: "rum_sessions_total", labels: {}, value: 1, times }];
      case "page_view":
        return [{ metric: "rum_page_views_total", labels: { route }, value: 1, times }];
      case "click": {
        const element = ELEMENT_NAME.test(event.name) ? event.name : OTHER;
        return [{ metric: "rum_clicks_total", labels: { element }, value: 1, times }];
      }
      case "action":
        return entries.action("page", event.name, event.details ?? {}, times);
      case "conversion":
        return entries.conversion("page", event.name, event, event.details ?? {}, times);
      case "measurement":
        return entries.measurement("page", event.name, event.value, event.details ?? {}, times);
      case "vital":
        return observeVital(event, route);
      case "error":
        return countError(event, route, times);
    }
  };

  return (event) => {
    const route = matchRoute(event.route);
    const times = event.count ?? 1;
    const samples = toSamples(event, route, times);
    if (isRejection(samples)) return samples;
    return {
      samples,
      entry: {
        source: "page",
        type: event.type,
        name: describeName(event),
        route,
        count: times,
        details: describeDetails(event),
      },
    };
  };
}

function observeVital(event: VitalEvent, route: string): readonly Sample[] | Rejection {
  const { metric, highest, unit } = webVitals[event.name];
  if (event.count !== undefined && event.count > 1) {
    return { code: "bad_number", message: "A vital is observed once a page view: it has no count." };
  }
  if (event.value > highest) {
    return {
      code: "bad_number",
      message: `${event.name} is at most ${highest} ${unit}, not ${event.value}.`,
    };
  }
  return [{ metric, labels: { route }, value: event.value }];
}

function countError(event: ErrorEvent, route: string, times: number): readonly Sample[] {
  if (event.source === "rejection") {
    return [{ metric: "rum_unhandled_rejections_total", labels: { route }, value: 1, times }];
  }
  return [{ metric: "rum_js_errors_total", labels: { route, source: event.source }, value: 1, times }];
}

/** What the tail shows as the event's name, where it has none of its own. */
function describeName(event: PageEvent): string {
  if (event.type === "page_view") return event.navigation;
  return event.type === "session_start" ? "start" : event.name;
}

function describeDetails(event: PageEvent): Record<string, AttributeValue> {
  switch (event.type) {
    case "action":
    case "conversion":
      return { ...event.details, ...moneyDetails(event) };
    case "measurement":
      return { value: event.value, ...event.details };
    case "vital":
      return { value: event.value };
    case "error":
      return {
        source: event.source,
        message: event.message,
        ...(event.stack !== undefined && { stack: event.stack }),
      };
    case "page_view":
    case "session_start":
    case "click":
      return {};
  }
}

function moneyDetails(event: PageEvent): Record<string, AttributeValue> {
  if (event.type !== "conversion" || event.amount === undefined) return {};
  return { amount: event.amount, ...(event.currency !== undefined && { currency: event.currency }) };
}
