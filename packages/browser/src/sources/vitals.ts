import type { Source, SourceContext } from "../contract/source.ts";
import { type Metric, onFCP, onLCP } from "web-vitals";
import { observeEntries } from "./observeEntries.ts";
import { observeViews } from "./viewVitals.ts";
import type { PageEvent, VitalEvent, WebVitalRating } from "@rumkit/protocol";
import { renamedViews } from "./viewRoutes.ts";
import { MAX_MEASURED_VIEWS } from "../base/limits.ts";

/** What made a vital what it is, in words of closed sets. */
export type VitalCause = Pick<VitalEvent, "part" | "party" | "element">;

/** The parts of a metric of `web-vitals` that count here. */
export type ViewVital = Pick<Metric, "name" | "value" | "rating"> & {
  readonly entries: readonly PerformanceEntry[];
} & Partial<Pick<Metric, "navigationStartTime" | "navigationType" | "navigationURL">>;

/** Called when watching begins; what it returns, once for each vital. */
export type FindCauses = () => (vital: ViewVital) => VitalCause;

const RATINGS: readonly WebVitalRating[] = ["good", "needs_improvement", "poor"];

type ViewEvent = Extract<PageEvent, { type: "page_view" }>;

/** A page view. */
export interface View extends Pick<ViewEvent, "navigation"> {
  readonly event: ViewEvent;
  readonly route: string;
  /** When it was counted: milliseconds of `performance.now()`. */
  readonly time: number;
  /** Where the user was. */
  readonly path: string;
}

/**
 * Reports LCP, INP, CLS, FCP and TTFB once for each page view: of a load, a restore from the back-forward
 * cache, a soft navigation. Where the browser knows no soft navigations, those have INP and CLS alone. The worst rating of LCP, INP and CLS in the session is the `experience` of page views and conversions.
 *
 * Each is of a page view that was counted, and has its route. What is of none (a navigation that only changes the
 * query, a page whose views nobody counts) is left out.
 *
 * A value is final when its page view ends or is first hidden: a histogram cannot take back, so what grows
 * later (INP after the page was hidden and shown again) is left out.
 *
 * `findCauses` names what made a vital: `vitalCauses`, or a function of the app's own. Default none.
 */
export const vitals = (findCauses?: FindCauses): Source => {
  // `web-vitals` cannot be told to stop: its callbacks outlive a stop, and record nothing then.
  let see: ((event: ViewEvent) => void) | undefined;
  let leave: (() => void) | undefined;
  return (page) => {
    const exit = (): void => {
      // What the browser has kept until now is of a view that is not seen yet.
      page.decide();
      leave?.();
    };
    page.on(window, "pagehide", exit);
    page.on(window, "visibilitychange", () => document.hidden && exit());
    page.hooks.events.push((event) => {
      const experience = RATINGS[page.session()["experience"] as number];
      if (/view|conv/.test(event.type)) (event as ViewEvent).experience = experience!;
      // With the first event, which is recorded after the first paint: the browser keeps entries until then.
      if (!see) [see, leave] = observe(page, findCauses?.());
      if (event.type === "page_view") see(event);
    });
    observeEntries("largest-contentful-paint", page.decide);
  };
};

/** Returns what has to see each page view, and each exit. */
const observe = (
  page: SourceContext,
  findCause?: ReturnType<FindCauses>,
): [see: (event: ViewEvent) => void, leave: () => void] => {
  const views: View[] = [];
  /** Vitals whose view is not counted yet: a router may name it after its first paint. */
  const early = new Set<ViewVital>();
  // `web-vitals` has one object for each view and vital: the same comes again when it has grown.
  const reported = new WeakSet<ViewVital>();
  const options = { reportSoftNavs: true, reportAllChanges: true };

  /** Reports a vital with its view: of `web-vitals` the first that was counted since its navigation began. */
  const report = page.guard((vital?: ViewVital, of?: View) => {
    if (!vital || reported.has(vital)) return;
    const { name, value, rating, navigationStartTime, navigationType, navigationURL } = vital;
    const view = of ?? views.find(({ time }) => time >= navigationStartTime!);
    if (!view) return void early.add(vital);
    reported.add(vital);
    const { event, navigation, path, route } = view;
    // A soft navigation may change the query alone, which is no view: the next is of another path.
    const isSoft = navigationType === "soft-navigation";
    if (!of && (isSoft ? page.path(new URL(navigationURL!)) !== path : navigation === "soft")) return;
    const session = page.session();
    // LCP, CLS, INP; by the first letters of good, needs-improvement, poor.
    if (/L|I/.test(name))
      session["experience"] = Math.max((session["experience"] as number) ?? 0, "gnp".indexOf(rating[0]!));
    page.record(
      {
        type: name,
        // Three digits after the point: a millisecond, a thousandth of the score.
        value: +(value / (name === "CLS" ? 1 : 1000)).toFixed(3),
        navigation: navigation!,
        ...findCause?.(vital),
      },
      // Of the view that the vital is of, wherever the user is now.
      renamedViews.get(event) ?? route,
    );
  });

  onFCP(report, options);
  let lcp: ViewVital | undefined;
  const release = (): void => report(lcp);
  onLCP((vital) => {
    if (lcp !== vital) release();
    lcp = vital;
  }, options);
  // What is painted after the first input is no LCP.
  addEventListener("click", release, true);

  const [seeView, endView] = observeViews(report);
  const [first] = performance.getEntriesByType("navigation") as (PerformanceNavigationTiming & {
    activationStart?: number;
  })[];
  const see = (event: ViewEvent): void => {
    const { navigation, route } = event;
    const view = {
      event,
      navigation: navigation!,
      route: route!,
      time: performance.now(),
      path: page.path(location),
    };
    seeView(view);
    // A restore and a soft navigation ask for no document: `web-vitals` says 0 of them, which is no measurement.
    if (first && views.length === 0)
      report(
        {
          name: "TTFB",
          value: Math.max(first.responseStart - (first.activationStart ?? 0), 0),
          rating: "good",
          entries: [],
        },
        view,
      );
    views.push(view);
    views.splice(1, views.length - MAX_MEASURED_VIEWS);
    early.forEach((vital) => report(vital));
    early.clear();
  };
  const leave = (): void => {
    release();
    endView();
  };
  return [see, leave];
};
