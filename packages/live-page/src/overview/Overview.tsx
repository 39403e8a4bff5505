import type { ErrorGroups, LiveHistory } from "@rumkit/protocol";
import { useMemo } from "react";
import type { CreateChart } from "../chart/chart.ts";
import type { LiveState } from "../stream/liveState.ts";
import { newestRelease } from "./errorOrder.ts";
import { FirstRun } from "./FirstRun.tsx";
import { Hero } from "./Hero.tsx";
import { JustHappened } from "./JustHappened.tsx";
import { Funnels, TopErrors, TopPages } from "./lists.tsx";
import { MainChart } from "./MainChart.tsx";
import { TrustLine } from "./TrustLine.tsx";
import { readTrust } from "./trust.ts";
import { VitalList } from "./VitalList.tsx";

/** Figures over time that the collector keeps. Each is undefined until it has arrived. */
export interface Histories {
  /** The last hour, and the same hour of yesterday. */
  readonly hour: LiveHistory | undefined;
  readonly hourYesterday: LiveHistory | undefined;
  /** The day, if the chart shows it. */
  readonly day: LiveHistory | undefined;
  /** The figure of the chart a week ago. */
  readonly lastWeek: LiveHistory | undefined;
}

interface OverviewProps {
  live: LiveState;
  histories: Histories;
  errors: ErrorGroups | undefined;
  /** Seconds, or undefined for the whole day. */
  windowSeconds: number | undefined;
  chosen: string | undefined;
  onChoose: (name: string) => void;
  isPaused: boolean;
  collector: string;
  createChart: CreateChart;
}

/** The view that the page opens with. It shows nothing that can never have a value. */
export function Overview({ live, histories, errors, collector, isPaused, ...chart }: OverviewProps) {
  const trust = useMemo(() => readTrust(live.totals), [live.totals]);
  const { board, tail, app } = live;
  const isFirstRun = trust.counted === 0 && tail.length === 0;
  if (isFirstRun) return <FirstRun app={app} collector={collector} trust={trust} />;
  return (
    <>
      <Hero live={live} hour={histories.hour} hourYesterday={histories.hourYesterday} />
      <div className="overviewMiddle">
        <MainChart live={live} day={histories.day} lastWeek={histories.lastWeek} {...chart} />
        <VitalList live={live} />
      </div>
      <div className="overviewLists">
        <Funnels funnels={board?.funnels ?? []} />
        <TopPages routes={board?.routes ?? []} />
        <TopErrors errors={errors} release={newestRelease(board)} />
        <JustHappened tail={tail} isPaused={isPaused} />
      </div>
      <TrustLine trust={trust} />
    </>
  );
}
