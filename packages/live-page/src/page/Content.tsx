import type { LiveAlerts, LiveAlertState, LiveObjective } from "@rumkit/protocol";
import { AlertBanner, withoutAlerted } from "../alerts/AlertBanner.tsx";
import { AlertsView } from "../alerts/AlertsView.tsx";
import type { KnownAlerts } from "../alerts/useAlerts.ts";
import type { CreateChart } from "../chart/chart.ts";
import { LimitsContext } from "../chart/limits.ts";
import { FilterBar } from "../filter/FilterBar.tsx";
import { FilterContext } from "../filter/FilterContext.ts";
import { type NarrowedTail, useNarrowedTail } from "../filter/useNarrowedTail.ts";
import { Banner } from "../overview/Banner.tsx";
import { SECONDS_KEPT } from "../numbers/past.ts";
import { shownFigures } from "../overview/chosenFigures.ts";
import { Overview } from "../overview/Overview.tsx";
import type { LiveApi } from "../stream/liveApi.ts";
import type { LiveState } from "../stream/liveState.ts";
import { OwnSenders } from "../stream/OwnSenders.ts";
import { useOwnSenders } from "../stream/useOwnSenders.ts";
import { CollectorView } from "../views/CollectorView.tsx";
import { EventsView } from "../views/EventsView.tsx";
import { GroupView } from "../views/GroupView.tsx";
import { RefusedView } from "../views/RefusedView.tsx";
import { GroupTables } from "./GroupTables.tsx";
import type { Address } from "./useAddress.ts";
import { type Answers, useAnswers } from "./useAnswers.ts";
import { useFiltering } from "./useFiltering.ts";
import type { Kiosk } from "./useKiosk.ts";
import { isGroup, useRotation, Views, viewsOf } from "./Views.tsx";

export interface ContentProps {
  api: LiveApi;
  createChart: CreateChart;
  /** The address of the collector, without a slash at its end. */
  collector: string;
  live: LiveState;
  address: Address;
  setAddress: (change: Partial<Address>) => void;
  kiosk: Kiosk;
  isPaused: boolean;
  /** Now, in ms since 1970 by this machine's clock. */
  now: number;
  alerts: KnownAlerts;
  /** The alerts as the newest frame says. */
  alertState: LiveAlertState | undefined;
}

const NO_LIMITS: LiveAlerts["limits"] = [];
const NO_OBJECTIVES: readonly LiveObjective[] = [];

/** The views, and the one that is shown. */
export function Content(props: ContentProps) {
  const { api, live, address, setAddress, kiosk, isPaused, now, alerts, alertState } = props;
  const { answer } = alerts;
  const filled = new Set<string>(shownFigures(live.figures).map(({ group }) => group));
  const views = viewsOf(filled);
  const view = useRotation(kiosk, views, filled, address.view);
  const answers = useAnswers(api, live, address, { view, cards: kiosk.cards });
  const filtering = useFiltering(address, setAddress);
  const narrowed = useNarrowedTail(live.tail, address.filter, api.follow, isPaused);
  const own = useOwnSenders(narrowed.tail);
  const objectives = live.board?.objectives ?? NO_OBJECTIVES;
  const onAlerts = kiosk.isOn || view === "alerts" ? undefined : () => setAddress({ view: "alerts" });
  return (
    <FilterContext.Provider value={filtering}>
      <LimitsContext.Provider value={answer?.kind === "read" ? answer.alerts.limits : NO_LIMITS}>
        <OwnSenders.Provider value={own}>
          <AlertBanner
            answer={answer}
            state={alertState}
            objectives={objectives}
            now={now}
            isWall={kiosk.isOn}
            onShow={onAlerts}
          />
          <Banner
            objectives={withoutAlerted(objectives, answer)}
            onErrors={kiosk.isOn ? undefined : () => setAddress({ view: "errors" })}
          />
          {!kiosk.isOn && (
            <Views
              views={views}
              view={view}
              firing={alertState?.firing ?? 0}
              onView={(next) => setAddress({ view: next })}
            />
          )}
          <FilterBar />
          <main data-view={view}>
            <View view={view} answers={answers} narrowed={narrowed} {...props} />
          </main>
        </OwnSenders.Provider>
      </LimitsContext.Provider>
    </FilterContext.Provider>
  );
}

interface ViewProps extends ContentProps {
  view: string;
  answers: Answers;
  narrowed: NarrowedTail;
}

function View({ view, answers, narrowed, live, address, setAddress, createChart, ...rest }: ViewProps) {
  const { windowSeconds } = answers;
  const isFiltered = address.filter.size > 0;
  if (isGroup(view))
    return (
      <>
        <GroupView
          live={live}
          group={view}
          windowSeconds={Math.min(windowSeconds ?? SECONDS_KEPT, SECONDS_KEPT)}
          createChart={createChart}
        />
        <GroupTables group={view} live={live} answers={answers} />
      </>
    );
  if (view === "alerts")
    return (
      <AlertsView
        known={rest.alerts}
        api={rest.api.alerts}
        live={live}
        createChart={createChart}
        now={rest.now}
      />
    );
  if (view === "refused") return <RefusedView totals={live.totals} />;
  if (view === "collector") return <CollectorView totals={live.totals} />;
  if (view === "events")
    return (
      <EventsView
        {...narrowed}
        isFiltered={isFiltered}
        type={address.types}
        onType={(types) => setAddress({ types })}
      />
    );
  return (
    <Overview
      live={live}
      narrowed={narrowed}
      histories={answers.histories}
      errors={answers.errors}
      windowSeconds={windowSeconds}
      chosen={address.chart || undefined}
      onChoose={(chart) => setAddress({ chart })}
      isPaused={rest.isPaused}
      cards={rest.kiosk.cards}
      collector={rest.collector}
      createChart={createChart}
    />
  );
}
