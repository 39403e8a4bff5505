import {
  type Catalog,
  type LiveExperience,
  type LiveFunnel,
  type LiveRouteRow,
  type LiveVital,
  webVitals,
} from "@rumkit/protocol";
import { SHARE_WINDOW } from "./figure.ts";
import { CORE_VITALS, type CoreVital, ERROR_SOURCES, vitalFigureName } from "./pageFigures.ts";
import { primaryConversion } from "../catalog/primaryConversion.ts";
import { WINDOW_SECONDS, type Windows } from "./windows.ts";

/** Maximum rows in the list of routes. */
const MAX_ROUTES = 20;

/** Minimum sessions of a rating for its conversion rate: with fewer, one order would change it by several percent. */
const MIN_SESSIONS = 50;

/** Reads a part of the board, as of the end of a second. */
type Read<Part> = (ended: number) => Part;

/** The ratings of the Core Web Vitals that were observed. */
export function createVitals(windows: Windows): Read<LiveVital[]> {
  const rated = (Object.keys(CORE_VITALS) as CoreVital[]).map((vital) => {
    const { metric, good, poor } = webVitals[vital];
    return { vital, window: windows.rated({ metric }, good, poor) };
  });
  return (ended) =>
    rated.flatMap(({ vital, window }) => {
      const [good, needsImprovement, poor] = window.between(ended - SHARE_WINDOW + 1, ended);
      if (good + needsImprovement + poor === 0) return [];
      const figure = vitalFigureName(vital);
      return { vital, figure, windowSeconds: SHARE_WINDOW, good, needsImprovement, poor };
    });
}

/** The funnels of the catalog. */
export function createFunnels({ funnels = {} }: Catalog, windows: Windows): Read<LiveFunnel[]> {
  const all = Object.entries(funnels).map(([funnel, events]) => ({
    funnel,
    steps: events.map((event, index) => ({
      event,
      window: windows.counts({
        metric: "rum_funnel_sessions_total",
        labels: { funnel, step: String(index + 1) },
      }),
    })),
  }));
  return (ended) =>
    all.map(({ funnel, steps }) => {
      const counts = steps.map(({ window }) => window.between(ended - WINDOW_SECONDS + 1, ended));
      return {
        funnel,
        windowSeconds: WINDOW_SECONDS,
        steps: steps.map(({ event }, index) => ({
          event,
          sessions: counts[index] ?? 0,
          ofFirst: index === 0 ? null : share(counts[index], counts[0]),
          ofPrevious: index === 0 ? null : share(counts[index], counts[index - 1]),
        })),
      };
    });
}

function share(part = 0, whole = 0): number | null {
  return whole === 0 ? null : part / whole;
}

/** The routes with the most page views. */
export function createTopRoutes(windows: Windows): Read<LiveRouteRow[]> {
  const views = windows.countsBy("route", { metric: "rum_page_views_total" });
  const errors = windows.countsBy("route", ...ERROR_SOURCES);
  const lcp = windows.quantilesBy("route", { metric: webVitals.LCP.metric });
  return (ended) => {
    const from = ended - WINDOW_SECONDS + 1;
    return [...views]
      .map(([route, window]) => ({ route, views: window.between(from, ended) }))
      .filter((row) => row.views > 0)
      .toSorted((a, b) => b.views - a.views || (a.route < b.route ? -1 : 1))
      .slice(0, MAX_ROUTES)
      .map((row) => ({
        ...row,
        windowSeconds: WINDOW_SECONDS,
        errors: errors.get(row.route)?.between(from, ended) ?? 0,
        lcpP75: lcp.get(row.route)?.between(from, ended).quantile(0.75) ?? null,
      }));
  };
}

const EXPERIENCES = ["good", "needs_improvement", "poor"] as const;

/** Reads the cost of slow pages. Undefined if the goal is not counted by experience. */
export function createExperience(catalog: Catalog, windows: Windows): Read<LiveExperience | null> {
  const goal = primaryConversion(catalog);
  const isAsked = goal && (goal.side === "page" || catalog.conversions?.[goal.name]?.experience === true);
  if (!isAsked) return () => null;
  const metric = goal.side === "page" ? "rum_conversions_total" : "conversions_total";
  const rows = EXPERIENCES.map((experience) => ({
    experience,
    sessions: windows.counts({ metric: "rum_sessions_rated_total", labels: { experience } }),
    conversions: windows.counts({ metric, labels: { conversion: goal.name, experience } }),
  }));
  return (ended) => {
    const from = ended - WINDOW_SECONDS + 1;
    const counted = rows.map(({ experience, sessions, conversions }) => ({
      experience,
      sessions: sessions.between(from, ended),
      conversions: conversions.between(from, ended),
    }));
    const shown = counted.filter(({ sessions }) => sessions >= MIN_SESSIONS);
    if (shown.length < 2) return null;
    return {
      conversion: goal.name,
      windowSeconds: WINDOW_SECONDS,
      rows: shown.map((row) => ({ ...row, rate: row.conversions / row.sessions })),
    };
  };
}
