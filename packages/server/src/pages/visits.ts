import { labelSets, type MetricDescriptor } from "../metrics/descriptor.ts";
import { BROWSERS, CONNECTIONS, DEVICES, EXPERIENCES, NAVIGATIONS, UNKNOWN } from "../metrics/labelValues.ts";
import { lazyPageCounter, pageCounter, pageHistogram } from "../metrics/describeFamily.ts";
import type { PageViewEvent, SessionStartEvent, VisibleEvent } from "@rumkit/protocol";
import type { Sample } from "../metrics/sample.ts";
import { type Occurrence, increment } from "../vocabulary/countedEvent.ts";

/** Seconds: from a glance to an hour. */
const VISIBLE_BUCKETS = [1, 5, 10, 30, 60, 120, 300, 600, 1800, 3600];

/** Describes sessions, page views, and how long they were visible. */
export function describeVisitMetrics(routes: readonly string[]): MetricDescriptor[] {
  const devices = {
    device: [...DEVICES, UNKNOWN],
    browser: [...BROWSERS, UNKNOWN],
    connection: [...CONNECTIONS, UNKNOWN],
  };
  return [
    describePageViews(routes),
    // Most combinations of device and network never occur.
    lazyPageCounter(
      "rum_sessions_total",
      "Sessions that began, by device and network.",
      devices,
      labelSets(devices).length,
    ),
    {
      ...pageCounter("rum_active_sessions", "Sessions that sent a batch in the last 5 minutes.", {}),
      type: "gauge",
    },
    pageHistogram(
      "rum_visible_seconds",
      "How long page views were visible.",
      { unit: "seconds", buckets: VISIBLE_BUCKETS },
      { route: routes },
    ),
  ];
}

/**
 * Declares only the series without an experience, which are exposed as 0 from the start, because every session begins
 * in one of them. The other series are three times as many, and most of them never occur.
 */
function describePageViews(routes: readonly string[]): MetricDescriptor {
  const visits = { route: routes, navigation: NAVIGATIONS };
  const values = { ...visits, experience: [...EXPERIENCES, UNKNOWN] };
  return {
    ...pageCounter("rum_page_views_total", "Page views, by what the session had experienced before.", values),
    values,
    known: labelSets(visits, { experience: UNKNOWN }),
  };
}

/** Counts one session, by its device and network. */
export function countSession(event: SessionStartEvent, { times }: Occurrence): Sample[] {
  const { device = UNKNOWN, browser = UNKNOWN, connection = UNKNOWN } = event;
  return [increment("rum_sessions_total", { device, browser, connection }, times)];
}

/** Counts one page view, by its trigger and the session's experience before it. */
export function countPageView(event: PageViewEvent, { route, times }: Occurrence): Sample[] {
  const { navigation = "hard", experience = UNKNOWN } = event;
  return [increment("rum_page_views_total", { route, navigation, experience }, times)];
}

/** Observes how long a page view was visible. */
export function observeVisible({ value }: VisibleEvent, { route, times }: Occurrence): Sample[] {
  return [{ metric: "rum_visible_seconds", labels: { route }, value, times }];
}
