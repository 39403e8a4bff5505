import type { LiveFigure, LiveHistory } from "@rumkit/protocol";
import type { Filter } from "../filter/filter.ts";
import { isPast, pastRange, type PastRange } from "../numbers/past.ts";
import { chartFigures, heroTiles, partIn } from "../overview/chosenFigures.ts";
import { drawnFigures } from "../overview/declaredCharts.ts";
import type { Histories } from "../overview/Overview.tsx";
import type { LiveApi } from "../stream/liveApi.ts";
import type { LiveState } from "../stream/liveState.ts";
import { usePolled } from "../stream/usePolled.ts";

/** Milliseconds: the collector keeps minutes. */
const MINUTE_MS = 60_000;

const HOUR = 3_600;
const DAY = 86_400;

/** Steps of a whole day: one for each quarter of an hour. */
const DAY_STEP = 900;

/** Figures of one request, as the collector allows. */
const MOST_FIGURES = 12;

interface HistoryChoice {
  /** Name of the figure of the large chart; undefined for the first one. */
  readonly chosen: string | undefined;
  /** Seconds of the charts; undefined for the day. */
  readonly windowSeconds: number | undefined;
  /** Names of the figures on cards; empty for the overview's own. */
  readonly cards: readonly string[];
  readonly filter: Filter;
}

/** Figures over time for the overview, asked for once a minute. */
export function useHistories(api: LiveApi, live: LiveState, choice: HistoryChoice): Histories {
  const { chosen, windowSeconds, cards, filter } = choice;
  const { layout } = live.board ?? {};
  const tiles = heroTiles(live.figures, { cards, layout, filter });
  const names = tiles.map(({ figure }) => figure.name);
  const whole = chosenFigure(live, chosen);
  const figure = whole && partIn(live.figures, whole, filter);
  const dayStart = live.board && live.board.day.start / 1000;
  const hour = useHour(api, names, 0);
  const hourYesterday = useHour(api, names, DAY);
  const isLong = isPast(windowSeconds) && dayStart !== undefined;
  const key = windowSeconds === undefined ? `day ${dayStart}` : `${windowSeconds}`;
  const range = (): PastRange => rangeOf(windowSeconds, dayStart!);
  const past = usePast(api, isLong && figure ? [figure.name] : [], key, range);
  const drawn = isLong ? drawnFigures(live.figures, layout?.charts ?? []) : [];
  const charts = usePast(api, drawn, key, range);
  const declared = isLong && layout?.cards ? names : [];
  const totals = usePast(api, declared, `sum ${key}`, () => wholeRange(windowSeconds, dayStart!));
  const isDay = windowSeconds === undefined && dayStart !== undefined;
  const lastWeek = usePast(api, figure ? [figure.name] : [], `week ${isDay}`, () => {
    const to = Math.ceil(now() / 60) * 60 - 7 * DAY;
    return isDay ? { from: dayStart - 7 * DAY, to, step: DAY_STEP } : { from: to - 900, to, step: 60 };
  });
  return { hour, hourYesterday, past, charts, totals, lastWeek };
}

/** The figure of the large chart. It is not shown beside the charts of the catalog unless it is chosen. */
function chosenFigure({ figures, board }: LiveState, chosen: string | undefined): LiveFigure | undefined {
  if (board?.layout?.charts && chosen === undefined) return undefined;
  return chartFigures(figures).find(({ name }, index) => name === chosen || (!chosen && index === 0));
}

function now(): number {
  return Math.floor(Date.now() / 1000);
}

function rangeOf(windowSeconds: number | undefined, dayStart: number): PastRange {
  if (windowSeconds !== undefined) return pastRange(windowSeconds, now());
  return { from: dayStart, to: Math.ceil(now() / DAY_STEP) * DAY_STEP, step: DAY_STEP };
}

/** The same time in one step, up to the last complete minute. */
function wholeRange(windowSeconds: number | undefined, dayStart: number): PastRange {
  const to = Math.floor(now() / 60) * 60;
  const step = windowSeconds ?? Math.max(60, to - dayStart);
  return { from: to - step, to, step };
}

/** The last hour by minutes, some seconds ago. */
function useHour(api: LiveApi, names: readonly string[], ago: number): LiveHistory | undefined {
  return usePast(api, names, `hour ${ago}`, () => {
    const to = Math.floor(now() / 60) * 60 - ago;
    return { from: to - HOUR, to, step: 60 };
  });
}

/** The named figures over a time; undefined without any name. `key` changes with the range. */
function usePast(
  api: LiveApi,
  names: readonly string[],
  key: string,
  range: () => PastRange,
): LiveHistory | undefined {
  const load = (): Promise<LiveHistory | undefined> => loadAll(api, names, range());
  return usePolled(load, MINUTE_MS, names.length > 0 ? `${names.join()} ${key}` : undefined);
}

/** Asks for as many figures at a time as the collector answers. */
async function loadAll(
  api: LiveApi,
  names: readonly string[],
  range: PastRange,
): Promise<LiveHistory | undefined> {
  const requests: Promise<LiveHistory | undefined>[] = [];
  for (let from = 0; from < names.length; from += MOST_FIGURES)
    requests.push(api.history(names.slice(from, from + MOST_FIGURES), range));
  const answers = (await Promise.all(requests)).filter((answer) => answer !== undefined);
  const [first] = answers;
  return first && { ...first, figures: answers.flatMap(({ figures }) => figures) };
}
