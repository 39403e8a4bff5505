import type { MetricDescriptor } from "@rumkit/server";
import { perMinute, ratioOf, sumBy } from "../promql/expression.ts";
import { highestFirst } from "../promql/ranking.ts";
import { RANGE, RATE_INTERVAL } from "../promql/window.ts";
import type { Query, QueryPanel } from "./board.ts";
import type { BoardContext } from "./boardSpec.ts";
import { CHANGE_WORDS, withChange, withLastWeek } from "./lastWeek.ts";
import { EXPERIENCE_COLORS } from "./money.ts";
import { queryOf } from "./rateQueries.ts";

/** Sessions of the last minutes. */
export function activeSessions({ promql }: BoardContext): QueryPanel {
  return {
    name: "active-sessions",
    title: "Active sessions",
    description:
      "Sessions that sent a batch in the last 5 minutes. A session that reports to two instances counts at both. When it falls to 0 in the day, look whether pages still load the script, and at the refusals on Collector.",
    kind: "stat",
    queries: queryOf(promql, "rum_active_sessions", "sessions", (metric) => sumBy([], promql.gauge(metric))),
  };
}

/** Visitors over the time that is shown. */
export function visitors({ promql }: BoardContext): QueryPanel {
  return {
    name: "visitors",
    title: "Sessions in total",
    description: `Sessions that began in the time shown: visits, not people. ${CHANGE_WORDS} When it is red, ask marketing for the campaign that has ended, and look at Collector for refused batches.`,
    kind: "stat",
    queries: ifSessions(promql, (metric) =>
      withChange(promql, "sessions", (at) => sumBy([], at.increase(metric, RANGE))),
    ),
  };
}

/** Each conversion that the backend tracks over the time that is shown, with its change. */
export function conversionTotals({ promql, descriptors }: BoardContext): QueryPanel[] {
  return serverConversions(descriptors).map((conversion) => ({
    name: `conversion-in-total-${conversion}`,
    title: `${conversion} in total`,
    description: `Conversions called ${conversion} that the backend tracked in the time shown. ${CHANGE_WORDS} When it is red, follow the funnel on Business to the step that fewer sessions reach.`,
    kind: "stat",
    queries: withChange(promql, conversion, (at) =>
      sumBy([], at.increase("conversions_total", RANGE, { conversion })),
    ),
  }));
}

/** Conversions over the time that is shown. */
export function conversionsInTotal({ promql }: BoardContext): QueryPanel {
  const inTotal = (family: string, legend: string): Query[] =>
    queryOf(promql, family, legend, (metric) =>
      highestFirst(sumBy(["conversion"], promql.increase(metric, RANGE))),
    );
  return {
    name: "conversions-in-total",
    title: "Conversions in total",
    description: "Conversions in the time shown. When one is 0 and should not be, test its form by hand.",
    kind: "stat",
    queries: [
      ...inTotal("conversions_total", "{{conversion}} (backend)"),
      ...inTotal("rum_conversions_total", "{{conversion}} (page)"),
    ],
  };
}

/** Computed over the whole time range: within one minute, most sessions have not ended. */
export function conversionRate({ promql, descriptors }: BoardContext): QueryPanel {
  return {
    name: "conversion-rate",
    title: "Conversion rate",
    description:
      "Conversions that the backend tracked for each session that began in the time shown. More than 100 % is possible: a session can convert twice, or have begun earlier. When it is lower than last week, compare the funnel's steps and the experience of pages.",
    kind: "stat",
    // This week's first: the lines of last week follow them.
    queries: ([undefined, "1w"] as const).flatMap((offset) =>
      serverConversions(descriptors).flatMap((conversion) =>
        ifSessions(promql, (sessions) => {
          const at = offset === undefined ? promql : promql.before(offset);
          const converted = sumBy([], at.increase("conversions_total", RANGE, { conversion }));
          const expression = ratioOf(converted, sumBy([], at.increase(sessions, RANGE)));
          return [{ expression, legend: offset === undefined ? conversion : `${conversion} last week` }];
        }),
      ),
    ),
  };
}

/** The rate of each conversion that is counted by experience, for sessions of each rating. */
export function conversionRateByExperience({ promql, descriptors }: BoardContext): QueryPanel[] {
  return serverConversions(descriptors, "good").map((conversion) => ({
    name: `conversion-rate-by-experience-${conversion}`,
    title: `Conversion rate by experience: ${conversion}`,
    description:
      "Conversions for each session that reached a rating of its pages (the worst of LCP, INP and CLS), in the time shown. A session counts once for each rating that it reaches. When poor is far below good, slow pages lose buyers: see the estimated cost, and Page experience for the routes.",
    kind: "bargauge",
    colors: EXPERIENCE_COLORS,
    queries: Object.keys(EXPERIENCE_COLORS).map((experience) => ({
      expression: ratioOf(
        sumBy(["experience"], promql.increase("conversions_total", RANGE, { conversion, experience })),
        sumBy(["experience"], promql.increase("rum_sessions_rated_total", RANGE, { experience })),
      ),
      legend: "{{experience}}",
    })),
  }));
}

/** Conversions as they happen. */
export function conversionsPerMinute({ promql }: BoardContext): QueryPanel {
  const perName = (family: string, legend: string): Query[] =>
    queryOf(promql, family, legend, (metric) =>
      perMinute(sumBy(["conversion"], promql.rate(metric, RATE_INTERVAL))),
    );
  return {
    name: "conversions-per-minute",
    title: "Conversions per minute by name",
    description:
      "Conversions. (backend) is authoritative; (page) is reported by browsers and may be incomplete or forged. When (page) goes on and (backend) stops, the backend fails after the click: look at Errors.",
    kind: "timeseries",
    queries: [
      ...perName("conversions_total", "{{conversion}} (backend)"),
      ...perName("rum_conversions_total", "{{conversion}} (page)"),
    ],
  };
}

/** Conversions of the backend against those of last week. */
export function conversionsAgainstLastWeek({ promql }: BoardContext): QueryPanel {
  return {
    name: "conversions-against-last-week",
    title: "Conversions per minute against last week",
    description:
      "Conversions that the backend tracked, by name; the dashed line is the same time last week. When a line leaves its dashed one after a release mark, roll that release back first and look for the fault later.",
    kind: "timeseries",
    queries: promql.has("conversions_total")
      ? withLastWeek(promql, "{{conversion}}", (at) =>
          perMinute(sumBy(["conversion"], at.rate("conversions_total", RATE_INTERVAL))),
        )
      : [],
  };
}

/** Returns the names of conversions that the backend tracks, of one experience if that is given. */
function serverConversions(descriptors: readonly MetricDescriptor[], experience?: string): string[] {
  const known = descriptors.find(({ name }) => name === "conversions_total")?.known ?? [];
  const asked = known.filter((labels) => experience === undefined || labels["experience"] === experience);
  return [...new Set(asked.flatMap(({ conversion }) => conversion ?? []))];
}

function ifSessions(promql: BoardContext["promql"], queries: (metric: string) => Query[]): Query[] {
  return ["rum_sessions_total"].filter((metric) => promql.has(metric)).flatMap(queries);
}
