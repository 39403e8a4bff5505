import type { LiveFigure, LiveHistory } from "@rumkit/protocol";
import { chartFigures, heroTiles } from "../overview/chosenFigures.ts";
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

interface HistoryChoice {
  /** Name of the figure of the large chart; undefined for the first one. */
  readonly chosen: string | undefined;
  /** Seconds of the large chart; undefined for the day. */
  readonly windowSeconds: number | undefined;
  /** Names of the figures on cards; empty for the overview's own. */
  readonly cards: readonly string[];
}

/** Figures over time for the overview, asked for once a minute. */
export function useHistories(
  api: LiveApi,
  live: LiveState,
  { chosen, windowSeconds, cards }: HistoryChoice,
): Histories {
  const tiles = heroTiles(live.figures, cards).map(({ figure }) => figure.name);
  const figure = chartFigures(live.figures).find(
    ({ name }, index) => name === chosen || (!chosen && index === 0),
  );
  const dayStart = live.board && live.board.day.start / 1000;
  const hour = useHour(api, tiles, 0);
  const hourYesterday = useHour(api, tiles, DAY);
  const isDay = windowSeconds === undefined && dayStart !== undefined;
  const day = useFigure(api, isDay ? figure : undefined, `day ${dayStart}`, () => ({
    from: dayStart!,
    to: Math.ceil(now() / DAY_STEP) * DAY_STEP,
    step: DAY_STEP,
  }));
  const lastWeek = useFigure(api, figure, `week ${isDay}`, () => {
    const to = Math.ceil(now() / 60) * 60 - 7 * DAY;
    return isDay ? { from: dayStart - 7 * DAY, to, step: DAY_STEP } : { from: to - 900, to, step: 60 };
  });
  return { hour, hourYesterday, day, lastWeek };
}

function now(): number {
  return Math.floor(Date.now() / 1000);
}

/** The last hour by minutes, some seconds ago. */
function useHour(api: LiveApi, names: readonly string[], ago: number): LiveHistory | undefined {
  const load = (): Promise<LiveHistory | undefined> => {
    const to = Math.floor(now() / 60) * 60 - ago;
    return api.history(names, { from: to - HOUR, to, step: 60 });
  };
  return usePolled(load, MINUTE_MS, names.length > 0 ? `${names.join()} ${ago}` : undefined);
}

function useFigure(
  api: LiveApi,
  figure: LiveFigure | undefined,
  key: string,
  range: () => { from: number; to: number; step: number },
): LiveHistory | undefined {
  return usePolled(() => api.history([figure!.name], range()), MINUTE_MS, figure && `${figure.name} ${key}`);
}
