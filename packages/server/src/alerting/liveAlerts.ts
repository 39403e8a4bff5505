import type {
  LiveAlert,
  LiveAlertLimit,
  LiveAlerts,
  LiveAlertState,
  LiveAlertViewer,
} from "@rumkit/protocol";
import type { Actions } from "../actions/actions.ts";
import type { Alert, Moment } from "../alerts/alert.ts";
import type { AlertRule } from "../alerts/rule.ts";
import type { Notices } from "../notices/createNotices.ts";
import type { EndedEpisodes } from "./endedEpisodes.ts";
import type { FigureOf } from "./figures.ts";

/** The sources of what people see of alerts. */
export interface LiveAlertSources {
  readonly rules: readonly AlertRule[];
  /** Pending, firing and recovering alerts. */
  readonly current: () => readonly Alert[];
  readonly notices: Notices;
  readonly actions: Actions;
  readonly ended: EndedEpisodes;
  /** Returns the figure of the live page that a rule compares; undefined for none. */
  readonly figureOf: FigureOf;
  readonly now: () => Moment;
}

const SEVERITIES = ["critical", "warning", "info"] as const;
type Severity = LiveAlert["severity"];

/** Returns the severity of labels. A label that a catalog cannot have counts as a warning. */
function severityOf({ severity }: Alert["labels"]): Severity {
  return SEVERITIES.find((known) => known === severity) ?? "warning";
}

/** Reads what the live page and agents see. */
export interface LiveAlertView {
  read(viewer: LiveAlertViewer): LiveAlerts;
  /** An alert as people see it now. */
  show(alert: Alert): LiveAlert;
  /** The alerts in a live frame. */
  state(version: number): LiveAlertState;
}

export function createLiveAlertView(sources: LiveAlertSources): LiveAlertView {
  const { rules, current, notices, actions, ended, figureOf, now } = sources;
  const limits = limitsOf(rules, figureOf);
  const show = (alert: Alert, sent: ReturnType<Notices["sent"]> = notices.sent()): LiveAlert => ({
    ...shownOf(alert, figureOf),
    mutedBy: notices.mutedBy(alert),
    acknowledged: notices.acknowledgements.of(alert.episode) ?? null,
    notices: sent.get(alert.episode) ?? [],
  });
  return {
    show,
    read: (viewer) => {
      const sent = notices.sent();
      const at = now();
      return {
        at,
        engine: "running",
        rules: rules.length,
        viewer,
        limits,
        alerts: current()
          .map((alert) => show(alert, sent))
          .toSorted((a, b) => rankOf(a) - rankOf(b) || a.startsAt - b.startsAt),
        // The notice of the resolve is sent after the episode was kept.
        history: ended
          .list()
          .map((alert) => ({ ...alert, notices: sent.get(alert.episode) ?? alert.notices })),
        silences: notices.silences.list(at),
        actions: actions.list(),
        receivers: notices.receivers(),
      };
    },
    state: (version) => stateOf(current(), version),
  };
}

function stateOf(alerts: readonly Alert[], version: number): LiveAlertState {
  const firing = alerts.filter(({ state }) => state !== "pending").map(({ labels }) => severityOf(labels));
  return {
    firing: firing.length,
    pending: alerts.length - firing.length,
    worst: SEVERITIES.find((severity) => firing.includes(severity)) ?? null,
    version,
  };
}

function shownOf(alert: Alert, figureOf: FigureOf) {
  const { declaredAs: _, release, endsAt, links, ...rest } = alert;
  return {
    ...rest,
    severity: severityOf(alert.labels),
    endsAt: endsAt ?? null,
    release: release ?? null,
    figure: figureOf(alert.name)?.name ?? null,
    runbook: links.runbook ?? null,
    board: links.board ?? null,
  };
}

/** Firing alerts first, then by severity. */
function rankOf({ state, severity }: LiveAlert): number {
  return (state === "pending" ? SEVERITIES.length : 0) + SEVERITIES.indexOf(severity);
}

function limitsOf(rules: readonly AlertRule[], figureOf: FigureOf): readonly LiveAlertLimit[] {
  return rules.flatMap(({ name, labels, threshold, side }) => {
    const figure = figureOf(name);
    return figure === undefined
      ? []
      : [
          {
            alert: name,
            severity: severityOf(labels),
            figure: figure.name,
            threshold: threshold * figure.scale,
            side,
          },
        ];
  });
}

/** The answer of a collector that evaluates no alerts. */
export function noAlerts(viewer: LiveAlertViewer, at: Moment): LiveAlerts {
  const none = { limits: [], alerts: [], history: [], silences: [], actions: [], receivers: [] };
  return { at, engine: "off", rules: 0, viewer, ...none };
}
