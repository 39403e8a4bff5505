import { type Catalog, type ConversionEvent, type PageEvent, UNMATCHED_ROUTE } from "@rumkit/protocol";
import { isRejection, type Rejection } from "../base/rejection.ts";
import type { Sample } from "../metrics/sample.ts";
import { createRouteOf, learnedAtMost } from "../routes/learnRoutes.ts";
import { createApiSamples } from "./apiCalls.ts";
import { claimMoney } from "../vocabulary/claimMoney.ts";
import type { CountedEvent, Occurrence } from "../vocabulary/countedEvent.ts";
import { createEntries } from "../vocabulary/createEntries.ts";
import type { CatalogEntries, Paid } from "../vocabulary/entries.ts";
import { countError, countResourceError } from "./errors.ts";
import { createFunnelSamples } from "./funnels.ts";
import { observeHeap, observeLongTask, observePageLoad } from "./loads.ts";
import { countClick, countForm } from "./clicksAndForms.ts";
import { countPageView, countSession, observeVisible } from "./visits.ts";
import { rememberMatches } from "../base/rememberMatches.ts";
import { createVitalSamples } from "./vitals.ts";

/**
 * Translates an event of a page into samples, or into the reason for which it cannot be counted. `routeBefore` is the
 * route of the previous event in the batch, for an event without a route. Never throws.
 */
export type PageVocabulary = (event: PageEvent, routeBefore?: string) => CountedEvent | Rejection;

/** Creates the function that checks every event against the catalog. */
export function createPageVocabulary(catalog: Catalog): PageVocabulary {
  const matchRoute = rememberMatches(createRouteOf(catalog.routes, learnedAtMost(catalog, catalog.routes)));
  const toSamples = createSampler(catalog);
  return (event, routeBefore) => {
    const path = event.route ?? routeBefore;
    const route = path === undefined ? UNMATCHED_ROUTE : matchRoute(path);
    const times = event.count ?? 1;
    const samples = toSamples(event, { route, times });
    return isRejection(samples) ? samples : { samples, times, route, event };
  };
}

type Sampler = (event: PageEvent, at: Occurrence) => readonly Sample[] | Rejection;

function createSampler(catalog: Catalog): Sampler {
  const entries = createEntries(catalog);
  const funnels = createFunnelSamples(catalog);
  const observeVital = createVitalSamples();
  const observeApiCall = createApiSamples(catalog.endpoints ?? []);
  return (event, at) => {
    switch (event.type) {
      case "session_start":
        return countSession(event, at);
      case "heartbeat":
        return [];
      case "page_view":
        return countPageView(event, at);
      case "visible":
        return observeVisible(event, at);
      case "click":
      case "rage_click":
      case "dead_click":
      case "error_click":
        return countClick(event, at);
      case "form_start":
      case "form_submit":
      case "form_abandon":
        return countForm(event, at);
      case "action":
        return entries.action("page", event.name, event.details ?? {}, at.times);
      case "feature":
        return funnels.feature(event, at);
      case "funnel_step":
        return funnels.step(event, at);
      case "conversion":
        return samplesOf(claimConversion(entries, event, at));
      case "measurement":
        return entries.measurement("page", event.name, event.value, event.details ?? {}, at.times);
      case "LCP":
      case "INP":
      case "CLS":
      case "FCP":
      case "TTFB":
        return observeVital(event, at);
      case "error":
        return countError(event, at);
      case "resource_error":
        return countResourceError(event, at);
      case "api_call":
        return observeApiCall(event, at);
      case "page_load":
        return observePageLoad(event, at);
      case "long_task":
        return observeLongTask(event, at);
      case "heap":
        return observeHeap(event, at);
    }
  };
}

function claimConversion(entries: CatalogEntries, event: ConversionEvent, at: Occurrence): Paid | Rejection {
  const claimed = { money: claimMoney(event), experience: event.experience };
  return entries.conversion("page", event.name, claimed, event.details ?? {}, at.times);
}

/** Adds a sample for a claim without a valid amount. The answer to the page does not mention it. */
function samplesOf(paid: Paid | Rejection): readonly Sample[] | Rejection {
  return isRejection(paid) ? paid : paid.samples;
}
