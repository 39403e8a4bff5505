import type { LiveAlerts, LiveAlertState, LiveGroup, LiveObjective } from "@rumkit/protocol";
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
  const { api, live, address, setAddress, kiosk, isPaused, alertState } = props;
  const { answer } = props.alerts;
  const filled = new Set<string>(shownFigures(live.figures).map(({ group }) => group));
  const views = viewsOf(filled);
  const view = useRotation(kiosk, views, filled, address.view);
  const answers = useAnswers(api, live, address, { view, cards: kiosk.cards });
  const filtering = useFiltering(address, setAddress);
  const narrowed = useNarrowedTail(live.tail, address.filter, api.follow, isPaused);
  const own = useOwnSenders(narrowed.tail);
  return (
    <FilterContext.Provider value={filtering}>
      <LimitsContext.Provider value={answer?.kind === "read" ? answer.alerts.limits : NO_LIMITS}>
        <OwnSenders.Provider value={own}>
          <Banners view={view} {...props} />
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

/** The alerts that fire, and the missed objectives that no alert is about. */
function Banners({
  view,
  live,
  alerts,
  alertState,
  now,
  kiosk,
  setAddress,
}: ContentProps & { view: string }) {
  const objectives = live.board?.objectives ?? NO_OBJECTIVES;
  const onAlerts = kiosk.isOn || view === "alerts" ? undefined : () => setAddress({ view: "alerts" });
  return (
    <>
      <AlertBanner
        answer={alerts.answer}
        state={alertState}
        objectives={objectives}
        now={now}
        isWall={kiosk.isOn}
        onShow={onAlerts}
      />
      <Banner
        objectives={withoutAlerted(objectives, alerts.answer)}
        onErrors={kiosk.isOn ? undefined : () => setAddress({ view: "errors" })}
      />
    </>
  );
}

interface ViewProps extends ContentProps {
  view: string;
  answers: Answers;
  narrowed: NarrowedTail;
}

function View({ view, answers, narrowed, live, address, setAddress, createChart, ...rest }: ViewProps) {
  const { windowSeconds } = answers;
  const shared = { live, createChart };
  if (isGroup(view)) return <GroupWithTables group={view} answers={answers} {...shared} />;
  if (view === "alerts")
    return <AlertsView known={rest.alerts} api={rest.api.alerts} now={rest.now} {...shared} />;
  if (view === "refused") return <RefusedView totals={live.totals} />;
  if (view === "collector") return <CollectorView totals={live.totals} />;
  if (view === "events")
    return (
      <EventsView
        {...narrowed}
        isFiltered={address.filter.size > 0}
        type={address.types}
        onType={(types) => setAddress({ types })}
      />
    );
  return (
    <Overview
      {...shared}
      narrowed={narrowed}
      histories={answers.histories}
      errors={answers.errors}
      windowSeconds={windowSeconds}
      chosen={address.chart || undefined}
      onChoose={(chart) => setAddress({ chart })}
      isPaused={rest.isPaused}
      cards={rest.kiosk.cards}
      collector={rest.collector}
    />
  );
}

interface GroupWithTablesProps extends Pick<ViewProps, "live" | "answers" | "createChart"> {
  group: LiveGroup;
}

function GroupWithTables({ group, live, answers, createChart }: GroupWithTablesProps) {
  const windowSeconds = Math.min(answers.windowSeconds ?? SECONDS_KEPT, SECONDS_KEPT);
  return (
    <>
      <GroupView live={live} group={group} windowSeconds={windowSeconds} createChart={createChart} />
      <GroupTables group={group} live={live} answers={answers} />
    </>
  );
}
