import type { LiveAlert, LiveAlerts, LiveAlertState, LiveObjective } from "@rumkit/protocol";
import { renderRelease } from "../overview/Banner.tsx";
import type { AlertsAnswer } from "../stream/alertApi.ts";
import { SeverityIcon } from "./SeverityBadge.tsx";
import { cutLine, renderMoment, renderPassed, urgentOf } from "./alertText.ts";

interface AlertBannerProps {
  answer: AlertsAnswer | undefined;
  /** The alerts as the newest frame says. */
  state: LiveAlertState | undefined;
  /** An alert about one of them says after which release it was missed. */
  objectives: readonly LiveObjective[];
  /** Now, in ms since 1970 by this machine's clock. */
  now: number;
  /** True for a wall display: it has no controls, and names more than one alert. */
  isWall: boolean;
  /** Shows the view of the alerts. Undefined without controls, and in that view. */
  onShow: (() => void) | undefined;
}

/** Alerts that a wall display names: its banner must leave the screen to the numbers. */
const MOST_ON_WALL = 3;

/**
 * Names the critical and warning alerts that fire, and since when: the worst one, and how many more. Screen readers hear a
 * change once. The age, which changes each minute, is outside of what they announce.
 */
export function AlertBanner({ answer, state, objectives, now, isWall, onShow }: AlertBannerProps) {
  const urgent = answer?.kind === "read" ? urgentOf(answer.alerts) : [];
  const [first, ...others] = urgent;
  const unknown = first ? undefined : unreadText(answer, state);
  const clock = answer?.kind === "read" ? collectorTime(answer.alerts, answer.readAt, now) : now;
  const shown = isWall ? others.slice(0, MOST_ON_WALL - 1) : [];
  const more = others.length - shown.length;
  return (
    <>
      <p className="visuallyHidden" role="status" aria-label="Alerts">
        {first ? announce(first, others.length, clock) : unknown}
      </p>
      {(first ?? unknown) !== undefined && (
        <section
          className="banner alertBanner"
          aria-label="Alerts that fire"
          data-severity={worstOf(first, state)}
        >
          {first ? (
            <Urgent alert={first} objectives={objectives} now={clock} />
          ) : (
            <p className="missed">{unknown}</p>
          )}
          {more > 0 && <span className="hint">{`+ ${more} more`}</span>}
          {onShow && (
            <button type="button" onClick={onShow}>
              Show alerts
            </button>
          )}
          {shown.map((alert) => (
            <Urgent key={alert.episode} alert={alert} objectives={objectives} now={clock} />
          ))}
        </section>
      )}
    </>
  );
}

interface UrgentProps extends Pick<AlertBannerProps, "objectives" | "now"> {
  alert: LiveAlert;
}

function Urgent({ alert, objectives, now }: UrgentProps) {
  const { name, summary, startsAt, severity, state, acknowledged, labels } = alert;
  const about = objectives.find(({ objective }) => objective === labels["objective"]);
  const release = renderRelease(about?.missed);
  return (
    <p className="missed" data-severity={severity}>
      <SeverityIcon severity={severity} />
      <b>{cutLine(name)}</b> <bdi>{cutLine(summary)}</bdi>{" "}
      <span className="hint">
        {state === "recovering" ? "recovering, " : ""}since {renderMoment(startsAt, now)} (
        {renderPassed(now - startsAt)}){release && `, ${cutLine(release)}`}
        {acknowledged && `, acknowledged by ${cutLine(acknowledged.by)}`}
      </span>
    </p>
  );
}

function announce({ name, severity, startsAt }: LiveAlert, others: number, now: number): string {
  const more = others > 0 ? ` ${others} more.` : "";
  return `${severity === "critical" ? "Critical" : "Warning"} alert ${cutLine(name)} fires since ${renderMoment(startsAt, now)}.${more}`;
}

/** The banner of a viewer who sees that alerts fire, and may not read which. */
function unreadText(answer: AlertsAnswer | undefined, state: LiveAlertState | undefined): string | undefined {
  if (answer === undefined || answer.kind === "read" || !isUrgent(state)) return undefined;
  return state.firing === 1
    ? `An alert fires: ${state.worst}.`
    : `${state.firing} alerts fire, the worst one is ${state.worst}.`;
}

function isUrgent(state: LiveAlertState | undefined): state is LiveAlertState {
  return state !== undefined && state.firing > 0 && state.worst !== null && state.worst !== "info";
}

function worstOf(first: LiveAlert | undefined, state: LiveAlertState | undefined): string {
  return first?.severity ?? state?.worst ?? "critical";
}

/** The collector's time, whatever this machine's clock says: ages are differences of the collector's times. */
export function collectorTime({ at }: LiveAlerts, readAt: number, now: number): number {
  return at + Math.max(0, now - readAt);
}

/** Leaves out the objectives whose own alert is in the banner of alerts: one fault is one banner. */
export function withoutAlerted(
  objectives: readonly LiveObjective[],
  answer: AlertsAnswer | undefined,
): readonly LiveObjective[] {
  const urgent = answer?.kind === "read" ? urgentOf(answer.alerts) : [];
  const alerted = new Set(urgent.map(({ labels }) => labels["objective"]));
  return objectives.filter(({ objective }) => !alerted.has(objective));
}

/** The title of the page while an alert fires: it is all that a background tab shows. */
export function titleWhileFiring(
  answer: AlertsAnswer | undefined,
  state: LiveAlertState | undefined,
): string | undefined {
  const urgent = answer?.kind === "read" ? urgentOf(answer.alerts) : [];
  const [first, ...others] = urgent;
  if (!first) return unreadText(answer, state) && `⚠ ${state?.firing} firing`;
  return `⚠ ${cutLine(first.name)}${others.length > 0 ? ` + ${others.length}` : ""}`;
}
