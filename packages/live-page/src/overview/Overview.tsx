import type { ErrorGroups, LiveHistory } from "@rumkit/protocol";
import { useContext, useEffect, useMemo, useState } from "react";
import type { CreateChart } from "../chart/chart.ts";
import type { Filter } from "../filter/filter.ts";
import { FilterContext } from "../filter/FilterContext.ts";
import { NotFiltered } from "../filter/NotFiltered.tsx";
import type { NarrowedTail } from "../filter/useNarrowedTail.ts";
import { renderTime } from "../numbers/format.ts";
import type { LiveState, TailEntry } from "../stream/liveState.ts";
import { ActivityTable } from "./ActivityTable.tsx";
import { notNarrowed } from "./declaredCharts.ts";
import { DeclaredCharts } from "./DeclaredCharts.tsx";
import { newestRelease } from "./errorOrder.ts";
import { FirstRun } from "./FirstRun.tsx";
import { Hero } from "./Hero.tsx";
import { JustHappened } from "./JustHappened.tsx";
import { Funnels, TopPages } from "./lists.tsx";
import { MainChart } from "./MainChart.tsx";
import { TopErrors } from "./TopErrors.tsx";
import { TrustLine } from "./TrustLine.tsx";
import { readTrust } from "./trust.ts";
import { VitalList } from "./VitalList.tsx";

/** Figures over time that the collector keeps. Each is undefined until it has arrived. */
export interface Histories {
  /** The last hour, and the same hour of yesterday. */
  readonly hour: LiveHistory | undefined;
  readonly hourYesterday: LiveHistory | undefined;
  /** The figure of the large chart over the day or over hours, if it shows those. */
  readonly past: LiveHistory | undefined;
  /** The same for the figures of the catalog's charts. */
  readonly charts: LiveHistory | undefined;
  /** The same for its cards, in one step. */
  readonly totals: LiveHistory | undefined;
  /** The figure of the chart a week ago. */
  readonly lastWeek: LiveHistory | undefined;
}

interface OverviewProps {
  live: LiveState;
  narrowed: NarrowedTail;
  histories: Histories;
  errors: ErrorGroups | undefined;
  /** Seconds, or undefined for the whole day. */
  windowSeconds: number | undefined;
  chosen: string | undefined;
  onChoose: (name: string) => void;
  isPaused: boolean;
  /** Names of the figures that a wall display shows alone; empty for the overview's own. */
  cards: readonly string[];
  collector: string;
  createChart: CreateChart;
}

/** Milliseconds for which a finished checklist is shown: enough to see each step ticked off. */
const TICKED_MS = 8_000;

/** The view that the page opens with. It shows nothing that can never have a value. */
export function Overview(props: OverviewProps) {
  const { live, narrowed, histories, errors, collector, isPaused, cards, ...chart } = props;
  const { filter } = useContext(FilterContext);
  const trust = useMemo(() => readTrust(live.totals), [live.totals]);
  const { board, tail, app } = live;
  const { layout } = board ?? {};
  // A catalog that declares its cards is in use: their zeros say more than how to begin.
  const isEmpty = trust.counted === 0 && tail.length === 0 && !layout;
  const isFirstRun = useLinger(isEmpty, TICKED_MS);
  if (isFirstRun) {
    const first = isEmpty ? undefined : firstText(tail);
    return <FirstRun app={app} collector={collector} trust={trust} first={first} />;
  }
  return (
    <>
      <OverviewNote live={live} filter={filter} />
      <Hero
        live={live}
        cards={cards}
        hour={histories.hour}
        hourYesterday={histories.hourYesterday}
        windowSeconds={chart.windowSeconds}
        totals={histories.totals}
      />
      <Middle live={live} cards={cards} histories={histories} {...chart} />
      <div className="overviewLists">
        {layout?.activity ? (
          <ActivityTable activity={layout.activity} tail={narrowed.tail} isPaused={isPaused} />
        ) : (
          <Lists live={live} errors={errors} narrowed={narrowed} isPaused={isPaused} />
        )}
      </div>
      <TrustLine trust={trust} hasPages={!layout || trust.counted > 0} />
    </>
  );
}

/** Names the parts that the filter does not narrow. */
function OverviewNote({ live: { figures, board }, filter }: { live: LiveState; filter: Filter }) {
  const { cards, charts = [] } = board?.layout ?? {};
  if (!cards)
    return (
      <NotFiltered
        what="the numbers of today, the chart and the experience are of the whole app. Tables, Events and Errors are filtered."
        labels={[...filter.keys()]}
      />
    );
  const { labels, titles } = notNarrowed(figures, [...cards, ...charts], filter);
  return (
    <NotFiltered
      what={`${titles.join(", ")} ${titles.length > 1 ? "are" : "is"} of the whole app.`}
      labels={labels}
    />
  );
}

type ListsProps = Pick<OverviewProps, "live" | "errors" | "narrowed" | "isPaused">;

/** Funnels, pages, errors and events, where the catalog declares no table of activity. */
function Lists({ live: { board }, errors, narrowed, isPaused }: ListsProps) {
  const { filter } = useContext(FilterContext);
  return (
    <>
      <Funnels funnels={board?.funnels ?? []} />
      <TopPages routes={board?.routes ?? []} />
      <TopErrors errors={errors} release={newestRelease(board)} />
      <JustHappened {...narrowed} isPaused={isPaused} isFiltered={filter.size > 0} />
    </>
  );
}

type MiddleProps = Pick<OverviewProps, "live" | "cards" | "histories"> &
  Pick<OverviewProps, "windowSeconds" | "chosen" | "onChoose" | "createChart">;

/** The charts of the catalog, and the figure that the viewer chose; without them the large chart and the experience. */
function Middle({ live, cards, histories, ...chart }: MiddleProps) {
  const charts = live.board?.layout?.charts;
  const { past, lastWeek } = histories;
  return (
    <>
      {(!charts || chart.chosen !== undefined) && (
        <div className="overviewMiddle" data-alone={charts !== undefined} hidden={cards.length > 0}>
          <MainChart live={live} past={past} lastWeek={lastWeek} {...chart} />
          {!charts && <VitalList live={live} />}
        </div>
      )}
      {charts && (
        <div className="declaredCharts" hidden={cards.length > 0}>
          <DeclaredCharts
            live={live}
            charts={charts}
            windowSeconds={chart.windowSeconds}
            past={histories.charts}
            createChart={chart.createChart}
          />
        </div>
      )}
    </>
  );
}

/** "page view of /cart, 11:30:41": the page view that the viewer made, or what was counted first. */
function firstText(tail: readonly TailEntry[]): string {
  const event = (tail.find((entry) => entry.event.type === "page_view") ?? tail.at(-1))?.event;
  if (!event) return "It is counted.";
  const route = event.route === undefined ? "" : ` of ${event.route}`;
  return `It is counted: ${event.type.replaceAll("_", " ")}${route}, ${renderTime(event.at)}.`;
}

/** True while `isOn`, and for some time after it. */
function useLinger(isOn: boolean, milliseconds: number): boolean {
  const [isLingering, setLingering] = useState(isOn);
  if (isOn && !isLingering) setLingering(true);
  useEffect(() => {
    if (isOn) return;
    const timer = setTimeout(() => setLingering(false), milliseconds);
    return () => clearTimeout(timer);
  }, [isOn, milliseconds]);
  return isOn || isLingering;
}
