import type { MetricDescriptor } from "../metrics/descriptor.ts";
import { BROWSERS, CONNECTIONS, DEVICES, EXPERIENCES, NAVIGATIONS, UNKNOWN } from "../metrics/labelValues.ts";
import { labelSets } from "../metrics/labelSets.ts";
import { lazyPageCounter, pageCounter, pageHistogram } from "../metrics/pageFamily.ts";

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
    // Most kinds of devices never use most kinds of networks.
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
 * Returns only the series without an experience, which are shown as 0: every session begins in one of them. The
 * others are three times as many, and most routes never have most of them.
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
