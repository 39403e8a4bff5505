import { type Catalog, type ConversionEvent, type PageEvent, UNMATCHED_ROUTE } from "@rumkit/protocol";
import { isRejection, type Rejection } from "../base/rejection.ts";
import type { Sample } from "../metrics/sample.ts";
import { createRouteOf, learnedAtMost } from "../routes/learnRoutes.ts";
import { createApiSamples, describeApiMetrics } from "./apiCalls.ts";
import { claimMoney } from "../vocabulary/claimMoney.ts";
import type { CountedEvent, Occurrence } from "../vocabulary/countedEvent.ts";
import { createEntries } from "../vocabulary/createEntries.ts";
import type { CatalogEntries, Paid } from "../vocabulary/entries.ts";
import { countError, countResourceError, describeErrorMetrics } from "./errors.ts";
import { createFunnelSamples, describeFunnelMetrics } from "./funnels.ts";
import { describeLoadMetrics, observeHeap, observeLongTask, observePageLoad } from "./loads.ts";
import { countClick, countForm, describeUseMetrics } from "./clicksAndForms.ts";
import { countPageView, countSession, describeVisitMetrics, observeVisible } from "./visits.ts";
import { rememberMatches } from "../base/rememberMatches.ts";
import { createVitalSamples, describeVitalMetrics } from "./vitals.ts";
import { withLearnedRoutes } from "../catalog/describeLearnedMetrics.ts";
import type { MetricDescriptor } from "../metrics/descriptor.ts";

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

type Sampler<Event extends PageEvent = PageEvent> = (
  event: Event,
  at: Occurrence,
) => readonly Sample[] | Rejection;

/** The sampler of each event. An event of the contract that is missing here does not compile. */
type Samplers = { readonly [Type in PageEvent["type"]]: Sampler<Extract<PageEvent, { type: Type }>> };

function createSampler(catalog: Catalog): Sampler {
  const entries = createEntries(catalog);
  const funnels = createFunnelSamples(catalog);
  const observeVital = createVitalSamples();
  const samplers: Samplers = {
    session_start: countSession,
    heartbeat: () => [],
    page_view: countPageView,
    visible: observeVisible,
    click: countClick,
    rage_click: countClick,
    dead_click: countClick,
    error_click: countClick,
    form_start: countForm,
    form_submit: countForm,
    form_abandon: countForm,
    action: ({ name, details = {} }, { times }) => entries.action("page", name, details, times),
    feature: funnels.feature,
    funnel_step: funnels.step,
    conversion: (event, at) => samplesOf(claimConversion(entries, event, at)),
    measurement: ({ name, value, details = {} }, { times }) =>
      entries.measurement("page", name, value, details, times),
    LCP: observeVital,
    INP: observeVital,
    CLS: observeVital,
    FCP: observeVital,
    TTFB: observeVital,
    error: countError,
    resource_error: countResourceError,
    api_call: createApiSamples(catalog.endpoints ?? []),
    page_load: observePageLoad,
    long_task: observeLongTask,
    heap: observeHeap,
  };
  return (event, at) => (samplers[event.type] as Sampler)(event, at);
}

function claimConversion(entries: CatalogEntries, event: ConversionEvent, at: Occurrence): Paid | Rejection {
  const claimed = { money: claimMoney(event), experience: event.experience };
  return entries.conversion("page", event.name, claimed, event.details ?? {}, at.times);
}

/** Adds a sample for a claim without a valid amount. The answer to the page does not mention it. */
function samplesOf(paid: Paid | Rejection): readonly Sample[] | Rejection {
  return isRejection(paid) ? paid : paid.samples;
}

/** Describes the families that every page reports, and those of the catalog's features and funnels. */
export function describePageMetrics(catalog: Catalog): MetricDescriptor[] {
  const routes = [...catalog.routes, UNMATCHED_ROUTE];
  const families = [
    ...describeVisitMetrics(routes),
    ...describeUseMetrics(),
    ...describeFunnelMetrics(catalog),
    ...describeVitalMetrics(routes),
    ...describeLoadMetrics(routes),
    ...describeErrorMetrics(routes),
  ];
  return withLearnedRoutes(families, catalog);
}

/** Describes the calls of the catalog's endpoints. */
export function describeCallMetrics({ endpoints = [] }: Catalog): MetricDescriptor[] {
  return describeApiMetrics([...endpoints, UNMATCHED_ROUTE]);
}
