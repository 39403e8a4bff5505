import type { Source, SourceContext } from "../contract/source.ts";
import { renamedViews } from "./viewRoutes.ts";
import { observeViews } from "./viewVitals.ts";
import { firstEntry, observeEntries } from "./observeEntries.ts";
import type { PageEvent, VitalEvent, WebVitalRating } from "@rumkit/protocol";
import { CLSThresholds, INPThresholds, LCPThresholds, type Metric, onFCP, onLCP } from "web-vitals";
import { MAX_MEASURED_VIEWS } from "../base/limits.ts";

/** The cause of a vital, as enums. */
export type VitalCause = Pick<VitalEvent, "part" | "party" | "element">;

/** The used parts of a metric of `web-vitals`. */
export type ViewVital = Pick<Metric, "name" | "value"> & {
  readonly entries: readonly PerformanceEntry[];
} & Partial<Pick<Metric, "navigationStartTime" | "navigationType" | "navigationURL">>;

/** Called once when watching begins. Returns a function that is called for each vital. */
export type FindCauses = () => (vital: ViewVital) => VitalCause;

/** Values of the rated vitals above which they need improvement, and above which they are poor. */
const THRESHOLDS: Partial<Record<ViewVital["name"], readonly number[]>> = {
  LCP: LCPThresholds,
  INP: INPThresholds,
  CLS: CLSThresholds,
};

const RATINGS: readonly WebVitalRating[] = ["good", "needs_improvement", "poor"];

type ViewEvent = Extract<PageEvent, { type: "page_view" }>;

/** A page view. */
export interface View {
  readonly event: ViewEvent;
  readonly route: string;
  /** Time at which it was counted: milliseconds of `performance.now()`. */
  readonly time: number;
  /** Path of the page at that time. */
  readonly path: string;
}

/**
 * Reports LCP, INP, CLS, FCP and TTFB once per page view: a load, a restore from the back-forward cache, a soft
 * navigation. If the browser does not support soft navigations, they have only INP and CLS. The worst rating of LCP, INP
 * and CLS in the session becomes the `experience` of page views and conversions.
 *
 * Each vital belongs to a counted page view and has its route. Vitals without one (a navigation that changes only the
 * query, a page without `pageViews`) are discarded.
 *
 * A value is final when its page view ends or is first hidden: a histogram cannot correct a value, so later growth (INP
 * after the page was hidden and shown again) is ignored.
 *
 * `findCauses` finds the cause of each vital: `vitalCauses`, or a custom function. Default none.
 */
export const vitals = (findCauses?: FindCauses): Source => {
  // `web-vitals` cannot be stopped: its callbacks outlive a stop and record nothing afterwards.
  let see: ((event: ViewEvent) => void) | undefined;
  let leave: (() => void) | undefined;
  return (page) => {
    const exit = (): void => {
      // Entries buffered by the browser belong to a view that is not processed yet.
      page.decide();
      leave?.();
    };
    page.on(window, "pagehide", exit);
    page.on(window, "visibilitychange", () => document.hidden && exit());
    page.hooks.events.push((event) => {
      const experience = RATINGS[page.session()["experience"] as number];
      if (/view|conv/.test(event.type)) (event as ViewEvent).experience = experience!;
      // At the first event, which is recorded after the first paint: the browser buffers entries until then.
      if (!see) [see, leave] = observe(page, findCauses?.());
      if (event.type === "page_view") see(event);
    });
    observeEntries("largest-contentful-paint", page.decide);
  };
};

/** Starts to observe vitals. Returns a function for each page view, and one for each exit. */
const observe = (
  page: SourceContext,
  findCause?: ReturnType<FindCauses>,
): [see: (event: ViewEvent) => void, leave: () => void] => {
  const views: View[] = [];
  /** Vitals whose view is not counted yet: a router may count it after its first paint. */
  const early = new Set<ViewVital>();
  // `web-vitals` has one object per view and vital, and reports it again whenever it grows.
  const reported = new WeakSet<ViewVital>();
  const options = { reportSoftNavs: true, reportAllChanges: true };

  /** Reports a vital with its view. For `web-vitals`, that is the first view counted after the navigation began. */
  const report = page.guard((vital?: ViewVital, of?: View) => {
    if (!vital || reported.has(vital)) return;
    const { name, value, navigationStartTime, navigationType, navigationURL } = vital;
    const view = of ?? views.find(({ time }) => time >= navigationStartTime!);
    if (!view) return void early.add(vital);
    reported.add(vital);
    const { event, path, route } = view;
    const { navigation } = event;
    // A soft navigation may change only the query, which is not a view; the next view then has another path.
    const isSoft = navigationType === "soft-navigation";
    if (!of && (isSoft ? page.path(new URL(navigationURL!)) !== path : navigation === "soft")) return;
    const session = page.session();
    const rating = THRESHOLDS[name]?.filter((most) => value > most).length;
    if (rating! >= ((session["experience"] as number) ?? 0)) session["experience"] = rating;
    page.record(
      {
        type: name,
        // Three decimals: a millisecond, or a thousandth of the CLS score.
        value: +(value / (name === "CLS" ? 1 : 1000)).toFixed(3),
        navigation: navigation!,
        ...findCause?.(vital),
      },
      // Route of the vital's view, not of the current one.
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
  // Paints after the first input do not count for LCP.
  addEventListener("click", release, true);

  const [seeView, endView] = observeViews(report);
  const first = firstEntry("navigation");
  const see = (event: ViewEvent): void => {
    const view = {
      event,
      route: event.route!,
      time: performance.now(),
      path: page.path(location),
    };
    seeView(view);
    // Restores and soft navigations request no document. `web-vitals` reports 0 for them, which is not a measurement.
    if (first && views.length === 0)
      report(
        {
          name: "TTFB",
          value: Math.max(first.responseStart - (first.activationStart ?? 0), 0),
          entries: [],
        },
        view,
      );
    views.splice(1, views.push(view) - MAX_MEASURED_VIEWS);
    for (const vital of early) report(vital);
    early.clear();
  };
  const leave = (): void => {
    release();
    endView();
  };
  return [see, leave];
};
