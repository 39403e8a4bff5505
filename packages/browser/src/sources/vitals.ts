import type { Navigation, PageEvent, VitalEvent, WebVitalRating } from "@rumkit/protocol";
import { type Metric, onCLS, onFCP, onINP, onLCP, onTTFB } from "web-vitals";
import type { Source, SourceContext } from "../source.ts";
import { observeRoutes } from "./routeVitals.ts";

/** What made a vital what it is, in words of closed sets. */
export type VitalCause = Pick<VitalEvent, "part" | "party" | "element">;

/** The parts of a metric of `web-vitals` that count here. */
export type ViewVital = Pick<Metric, "name" | "value" | "rating" | "navigationType" | "navigationURL"> & {
  readonly entries: readonly PerformanceEntry[];
};

/** Called when watching begins; what it returns, once for each vital. */
export type FindCauses = () => (vital: ViewVital) => VitalCause;

const RATINGS: readonly WebVitalRating[] = ["good", "needs_improvement", "poor"];

/** What `web-vitals` calls the ways to a page view; every other way loads a document. */
const NAVIGATIONS: { [Type in Metric["navigationType"]]?: Navigation } = {
  "soft-navigation": "soft",
  "back-forward-cache": "bfcache",
  prerender: "prerender",
};

/**
 * Reports LCP, INP, CLS, FCP and TTFB once for each page view: of a load, a restore from the back-forward
 * cache, a soft navigation. Where the browser knows no soft navigations, INP and CLS begin anew with each
 * route. The worst rating of LCP, INP and CLS in the session is the `experience` of page views and conversions.
 *
 * A value is final when its page view ends or is first hidden: a histogram cannot take back, so what grows
 * later (INP after the page was hidden and shown again) is left out.
 *
 * `findCauses` names what made a vital: `vitalCauses`, or a function of the app's own. Default none.
 */
export function vitals(findCauses?: FindCauses): Source {
  // `web-vitals` cannot be told to stop: its callbacks outlive a stop, and record nothing then.
  let onEvent: ((event: PageEvent) => void) | undefined;
  return (page) => {
    page.hooks.events.push((event) => {
      const experience = RATINGS[page.session()["experience"] as number];
      if (/view|conv/.test(event.type)) Object.assign(event, { experience });
      onEvent?.(event);
    });
    onEvent ??= observe(page, findCauses?.());
  };
}

/** Returns what has to see each event. */
function observe(page: SourceContext, findCause?: ReturnType<FindCauses>): (event: PageEvent) => void {
  // `web-vitals` has one object for each view and vital: the same comes again when it has grown.
  const reported = new WeakSet<ViewVital>();
  const options = { reportSoftNavs: true, reportAllChanges: true };
  const report = page.guard((vital?: ViewVital) => {
    if (!vital || reported.has(vital)) return;
    reported.add(vital);
    const { name, value, rating, navigationType, navigationURL } = vital;
    const session = page.session();
    // LCP, CLS, INP; by the first letters of good, needs-improvement, poor.
    if (/L|I/.test(name))
      session["experience"] = Math.max((session["experience"] as number) ?? 0, "gnp".indexOf(rating[0]!));
    page.record(
      {
        type: name,
        // Three digits after the point: a millisecond, a thousandth of the score.
        value: +(value / (name === "CLS" ? 1 : 1000)).toFixed(3),
        navigation: NAVIGATIONS[navigationType]!,
        ...findCause?.(vital),
      },
      // Of the view that the vital is of, wherever the user is now.
      page.routeOf(page.path(new URL(navigationURL ?? location.href))),
    );
  });
  /** Reports what was seen last of a view when the view is over, or may be; or already at an event. */
  function hold(onVital: typeof onLCP | typeof onCLS | typeof onINP, early = "visibilitychange"): void {
    let seen: ViewVital | undefined;
    const release = (): void => report(seen);
    onVital((vital: ViewVital) => {
      if (seen !== vital) release();
      seen = vital;
    }, options);
    // Before the page leaves, so that everything goes with one request. And where it is hidden after
    // `web-vitals` has looked at interactions that it would look at when the page is idle, and then not report.
    addEventListener("pagehide", release, true);
    document.addEventListener("visibilitychange", release, true);
    document.addEventListener(early, release, true);
  }

  onTTFB(report, options);
  onFCP(report, options);
  // What is painted after the first input is no LCP.
  hold(onLCP, "click");
  if (PerformanceObserver.supportedEntryTypes.includes("soft-navigation")) {
    hold(onCLS);
    hold(onINP);
    return () => {};
  }
  return observeRoutes(report);
}
