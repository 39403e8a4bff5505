import { describeMetrics } from "@rumkit/server";
import {
  type DashboardExpression,
  dashboardExpressions,
  describeBoards,
  renderClassic,
} from "rumkit/generate";
import { expect, vi } from "vitest";
import type { RunningVictoriaMetrics } from "../victoriaMetrics.ts";
import { type QueryApi, type Result, samplesOf } from "../queryApi.ts";
import { dashboardsOf } from "./generatedBoards.ts";
import { type Filled, fillVariables, interpolate, type Windows } from "./grafanaVariables.ts";
import { KEY_FAMILIES, type KeyPanel } from "./keyPanels.ts";
import { increasesOf, keyOf, type RawSeries, readCounters, type Values } from "./rawCounters.ts";
import { type Blog, blogCatalog, playVisits } from "./twoApps.ts";

/** Enough for orders in both currencies, refunds, logins and a failure. */
const VISITS = 60;

/** Sold by the second app between the two moments. */
const BOOKS = 3;

/** A query with it needs samples of a week ago. */
const LAST_WEEK = "offset 1w";

const WAIT = { interval: 200, timeout: 100_000 };

type Dashboard = Parameters<typeof fillVariables>[0] & Readonly<Record<string, unknown>>;

interface OpenBoard {
  /** The name of its file, without the app's. */
  readonly board: string;
  readonly variables: Readonly<Record<string, Filled>>;
  readonly expressions: readonly DashboardExpression[];
}

/** The shop's boards as a reader sees them who has chosen a data source and a job. */
export interface View {
  readonly engine: "Prometheus" | "VictoriaMetrics";
  readonly job: string;
  readonly boards: readonly OpenBoard[];
  /** Two scrapes before and after the same visits, at which nothing moves. In Unix seconds. */
  readonly from: number;
  readonly to: number;
  /** The growth of the collector's counters between them. */
  readonly grown: readonly RawSeries[];
  readonly api: QueryApi;
}

export interface BoardsRun {
  readonly views: readonly View[];
}

/** Both scrape the jobs `shop` and `canary` of the shop, and `blog`. */
interface Engines {
  readonly prometheus: QueryApi;
  readonly victoria: RunningVictoriaMetrics;
}

/**
 * Lets the same visitors come twice to the shop at this origin, and reads its counters before and after the second time. An
 * engine's moments are its own scrapes, at which it knew exactly what the collector had counted.
 */
export async function runBoards(
  { prometheus, victoria }: Engines,
  origin: string,
  blog: Blog,
): Promise<BoardsRun> {
  const sources = [
    { engine: "Prometheus", job: "shop", api: prometheus },
    { engine: "Prometheus", job: "canary", api: prometheus },
    { engine: "VictoriaMetrics", job: "shop", api: victoria },
  ] as const;
  const act = async (): Promise<{ counters: RawSeries[]; at: number[] }> => {
    await playVisits(origin, VISITS);
    await blog.sell(BOOKS);
    await knows(prometheus, "blog", blog.origin);
    const at = [];
    for (const { api, job } of sources) at.push(await knows(api, job, origin));
    return { counters: await readCounters(origin), at };
  };
  const first = await act();
  const second = await act();
  await victoria.repeatLastWeek("shop");
  const grown = increasesOf(first.counters, second.counters);
  const views = sources.map(async (source, index): Promise<View> => {
    const moments = { from: first.at[index]!, to: second.at[index]! };
    return { ...source, ...moments, grown, boards: await openBoards(source.api, source.job) };
  });
  return { views: await Promise.all(views) };
}

/** Waits until a job's samples are the collector's counters, and for one scrape more. Returns the time of that. */
async function knows(api: QueryApi, job: string, origin: string): Promise<number> {
  const isKey = new RegExp(`^(${KEY_FAMILIES})$`);
  await vi.waitFor(async () => {
    const told = (await readCounters(origin)).filter(({ name }) => isKey.test(name));
    const stored = await api.query(`{job="${job}",__name__=~"${KEY_FAMILIES}"}`);
    expect(valuesOf(stored)).toEqual(
      Object.fromEntries(
        told.map(({ name, labels, value }) => [keyOf({ ...labels, __name__: name }), value]),
      ),
    );
  }, WAIT);
  const lastScrape = async (): Promise<number> => {
    const scrapes = await samplesOf(api, `up{job="${job}"}`);
    return scrapes.findLast(([, up]) => up === "1")?.[0] ?? 0;
  };
  const known = await lastScrape();
  return vi.waitFor(async () => {
    const next = await lastScrape();
    expect(next).toBeGreaterThan(known);
    return next;
  }, WAIT);
}

/** Values by labels without those of the target. */
function valuesOf(results: readonly Result[]): Values {
  return Object.fromEntries(
    results.map(({ labels: { job: _job, instance: _instance, ...labels }, value }) => [keyOf(labels), value]),
  );
}

function openBoards(api: QueryApi, job: string): Promise<OpenBoard[]> {
  const open = dashboardsOf("shop").map(async ({ name, json }): Promise<OpenBoard> => {
    const dashboard = json as Dashboard;
    return {
      board: name,
      variables: await fillVariables(dashboard, api, { job }),
      expressions: dashboardExpressions(dashboard),
    };
  });
  return Promise.all(open);
}

/** A query of a board, `business: Conversion rate B`, and the numbers that it shows. */
interface Shown {
  readonly query: string;
  /** True if it needs samples of a week ago. */
  readonly isOfLastWeek: boolean;
  readonly values: readonly number[];
}

/** Reads every query of every board, over half an hour. What is not a number is not shown. */
export async function readAll({ api, boards, to }: View): Promise<Shown[]> {
  const shown: Shown[] = [];
  for (const { board, variables, expressions } of boards)
    for (const { panel, refId, expr } of expressions) {
      // No PostgreSQL is scraped: stack.test.ts and database.test.ts have those.
      if (expr.includes('job="postgres"')) continue;
      const results = await api.query(interpolate(expr, variables), to);
      const values = results.map(({ value }) => value).filter(Number.isFinite);
      const isOfLastWeek = expr.includes(LAST_WEEK);
      shown.push({ query: `${board}: ${panel} ${refId}`, isOfLastWeek, values });
    }
  return shown;
}

/** Reads what a key panel shows of the time between the two moments, and what the counters say about it. */
export async function compare(view: View, panel: KeyPanel): Promise<{ shown: Values; expected: Values }> {
  const { api, boards, from, to, grown } = view;
  const [found] = boards.flatMap(({ board, variables, expressions }) =>
    expressions
      .filter(({ panel: title, refId, expr }) =>
        panel.matching === undefined
          ? `${board}: ${title} ${refId}` === panel.query
          : `${board}: ${title}` === panel.query &&
            expr.includes(panel.matching) &&
            !expr.includes(LAST_WEEK),
      )
      .map(({ expr }) => ({ expr, variables })),
  );
  if (!found) throw new Error(`No board has this query: ${panel.query}`);
  const results = await api.query(interpolate(found.expr, found.variables, windowOf(view)), to);
  const shown = valuesOf(results.filter(({ value }) => Number.isFinite(value)));
  return { shown, expected: panel.valueOf(grown, to - from) };
}

/** From the one moment to the other, with the scrapes at both. */
function windowOf({ from, to }: Pick<View, "from" | "to">): Windows {
  const window = `${Math.round((to - from) * 1_000) + 1}ms`;
  return { range: window, interval: window };
}

/**
 * Returns by which part a value may differ. Prometheus is exact, as the window begins and ends with a scrape: nothing is
 * left to extrapolate but its last millisecond. VictoriaMetrics never extrapolates, but takes the last sample before the
 * window as its start, so that a rate is of a time that is longer by one scrape.
 */
export async function boundOf({ engine, api, job, from, to }: View, panel: KeyPanel): Promise<number> {
  const exact = 0.001;
  if (engine === "Prometheus" || !panel.isPerTime) return exact;
  const scrapes = (await samplesOf(api, `up{job="${job}"}`)).map(([at]) => at);
  const before = scrapes.findLast((at) => at < from) ?? from;
  return exact + (from - before) / (to - from);
}

/** Reads the revenue that the second app's own board shows, over the same time. */
export async function readBlogRevenue({ views }: BoardsRun): Promise<{ shown: number[]; books: number }> {
  const { api, from, to } = views[0]!;
  const boards = describeBoards(describeMetrics(blogCatalog), blogCatalog).map((board) =>
    renderClassic(board),
  );
  const business = boards.find(({ uid }) => uid.endsWith("business"))! as unknown as Dashboard;
  const { expr } = dashboardExpressions(business).find(({ panel }) => panel === "Revenue in total, USD")!;
  const variables = await fillVariables(business, api);
  expect(variables["job"]).toEqual({ offered: ["blog"], text: "blog" });
  const results = await api.query(interpolate(expr, variables, windowOf({ from, to })), to);
  return { shown: results.map(({ value }) => value), books: BOOKS };
}
