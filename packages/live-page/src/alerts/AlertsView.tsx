import type { LiveAlerts } from "@rumkit/protocol";
import { Fragment, useCallback, useContext, useMemo, useRef, useState } from "react";
import type { CreateChart } from "../chart/chart.ts";
import { FilterContext } from "../filter/FilterContext.ts";
import { NotFiltered } from "../filter/NotFiltered.tsx";
import type { AlertApi, AlertsAnswer } from "../stream/alertApi.ts";
import type { LiveState } from "../stream/liveState.ts";
import { ActionList } from "./ActionList.tsx";
import { collectorTime } from "./AlertBanner.tsx";
import { AuditTrail } from "./AuditTrail.tsx";
import { ChartSource } from "./AlertChart.tsx";
import { AlertList } from "./AlertList.tsx";
import { firingOf } from "./alertText.ts";
import { NoAlerts } from "./NoAlerts.tsx";
import { ReceiverTable } from "./ReceiverTable.tsx";
import { SilenceList } from "./SilenceList.tsx";
import { ControlsContext, type Task } from "./tasks.ts";
import { TaskDialog } from "./TaskDialog.tsx";
import type { KnownAlerts } from "./useAlerts.ts";

interface AlertsViewProps {
  known: KnownAlerts;
  api: AlertApi;
  live: LiveState;
  createChart: CreateChart;
  /** Now, in ms since 1970 by this machine's clock. */
  now: number;
}

/** Everything about alerts: those that fire, what is done about them, and who hears of them. */
export function AlertsView({ known: { answer, refresh }, ...props }: AlertsViewProps) {
  if (answer?.kind !== "read") return <p className="card nothing">{renderMissing(answer)}</p>;
  return <ReadAlerts {...props} alerts={answer.alerts} readAt={answer.readAt} refresh={refresh} />;
}

function renderMissing(answer: AlertsAnswer | undefined): string {
  if (answer === undefined) return "Waiting for the alerts…";
  return answer.kind === "missing"
    ? "Alerts are not available: this collector is older than the page. Its alerts are in Prometheus and Grafana."
    : "Alerts are not available: the token does not open them.";
}

interface ReadAlertsProps extends Omit<AlertsViewProps, "known"> {
  alerts: LiveAlerts;
  readAt: number;
  refresh: () => void;
}

function ReadAlerts({ alerts, readAt, refresh, api, live, createChart, now: ownNow }: ReadAlertsProps) {
  const { opened, start, close } = useTask();
  const { name, mayAct } = alerts.viewer;
  const [openEpisodes] = useState(() => new Set<string>());
  const now = collectorTime(alerts, readAt, ownNow);
  const controls = useMemo(
    () => ({ viewer: { name, mayAct }, start, audit: api.audit, values: api.values, openEpisodes }),
    [name, mayAct, start, api, openEpisodes],
  );
  const source = useMemo(() => ({ live, createChart }), [live, createChart]);
  return (
    <ControlsContext.Provider value={controls}>
      <ChartSource.Provider value={source}>
        {!mayAct && alerts.rules > 0 && (
          <p className="notFiltered" role="note">
            <b>Read only:</b> to acknowledge, silence or approve, open this page with a token of scope alerts,
            as <code>#token=…</code> at the end of its address.
          </p>
        )}
        <Lists alerts={alerts} now={now} />
        {opened && (
          <TaskDialog
            key={opened.turn}
            task={opened.task}
            api={api}
            viewer={alerts.viewer}
            now={now}
            onDone={refresh}
            onClose={() => close(opened)}
          />
        )}
      </ChartSource.Provider>
    </ControlsContext.Provider>
  );
}

interface OpenedTask {
  readonly task: Task;
  /** Another one for each dialog: one that follows another is never the same element, which the browser has closed. */
  readonly turn: number;
}

/** The task whose dialog is open. */
function useTask() {
  const [opened, setOpened] = useState<OpenedTask>();
  const turns = useRef(0);
  const start = useCallback((task: Task) => {
    turns.current += 1;
    setOpened({ task, turn: turns.current });
  }, []);
  // The browser says a moment later that it has closed a dialog: by then another one may be open.
  const close = (closed: OpenedTask): void => setOpened((known) => (known === closed ? undefined : known));
  return { opened, start, close };
}

function Lists({ alerts, now }: { alerts: LiveAlerts; now: number }) {
  const { engine, rules, history, silences, actions, receivers } = alerts;
  const firing = useMemo(() => firingOf(alerts.alerts), [alerts.alerts]);
  const pending = useMemo(() => alerts.alerts.filter(({ state }) => state === "pending"), [alerts.alerts]);
  const { filter } = useContext(FilterContext);
  const isAwaited = actions.some(({ state }) => state === "awaiting_approval");
  // With keys, so that what a viewer has opened or focused stays when the actions change their place.
  const actionList = <ActionList key="actions" actions={actions} now={now} />;
  const firingList = (
    <Fragment key="firing">
      {firing.length === 0 && <NoAlerts engine={engine} rules={rules} />}
      <AlertList title="Firing" alerts={firing} now={now} />
    </Fragment>
  );
  return (
    <>
      <NotFiltered what="alerts are of the whole app, or of their labels." labels={[...filter.keys()]} />
      {isAwaited ? [actionList, firingList] : [firingList, actionList]}
      <AlertList
        title="Pending"
        hint="their condition holds, but not yet for long enough"
        alerts={pending}
        now={now}
      />
      {engine === "running" && <SilenceList silences={silences} now={now} />}
      <ReceiverTable receivers={receivers} />
      <AlertList title="History" hint="the newest end first" alerts={history} now={now} />
      {engine === "running" && (
        <div className="panel auditLog">
          <AuditTrail
            about={undefined}
            revision={JSON.stringify([silences, actions, history.length])}
            now={now}
          />
        </div>
      )}
    </>
  );
}
