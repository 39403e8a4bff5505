import type { LiveAction, LiveAlert, LiveAlerts, LiveReceiver, LiveSilence } from "@rumkit/protocol";
import { escapeText } from "@rumkit/server/internal/base";
import { API_OPTIONS, openAlertsApi } from "./alertsApi.ts";
import { parseCommandLine, refuseArguments } from "./arguments.ts";

/** `rumkit alerts list`. */
export async function listAlerts(argv: string[]): Promise<number> {
  const { values, positionals } = parseCommandLine(argv, {
    ...API_OPTIONS,
    json: { type: "boolean", default: false },
  });
  refuseArguments(positionals, "--url");
  const api = await openAlertsApi(values);
  const alerts = (await api.get("/alerts")) as LiveAlerts;
  process.stdout.write(values.json ? `${JSON.stringify(alerts, undefined, 2)}\n` : renderAlerts(alerts));
  return 0;
}

/** Renders alerts for a terminal. Text of pages and of people cannot control it. */
function renderAlerts({ at, engine, rules, alerts, silences, actions, receivers }: LiveAlerts): string {
  if (engine === "off") return "This collector evaluates no alerts: alerts is false in its options.\n";
  const open = silences.filter(({ endsAt }) => endsAt > at);
  const sections: readonly (readonly [title: string, lines: readonly string[]])[] = [
    ["Alerts", alerts.map((alert) => alertLine(alert, at))],
    ["Silences", open.map((silence) => silenceLine(silence, at))],
    ["Actions", actions.slice(0, 10).map(actionLine)],
    ["Receivers", receivers.map(receiverLine)],
  ];
  const shown = sections.filter(([, lines]) => lines.length > 0);
  const head = alerts.length === 0 ? `No alert fires or waits, of ${rules}.\n` : "";
  return (
    head +
    shown
      .map(([title, lines]) => `${title}\n${lines.map((line) => `  ${escapeText(line)}\n`).join("")}`)
      .join("")
  );
}

function alertLine(alert: LiveAlert, at: number): string {
  const { state, severity, name, summary, startsAt, mutedBy, acknowledged, episode } = alert;
  const notes = [
    ...(mutedBy.length > 0 ? [`muted by ${mutedBy.join(", ")}`] : []),
    ...(acknowledged ? [`acknowledged by ${acknowledged.by}`] : []),
  ];
  return `${state.padEnd(10)} ${severity.padEnd(8)} ${name}  ${summary}  for ${spanOf(at - startsAt)}  ${episode}${notes.length > 0 ? `  (${notes.join("; ")})` : ""}`;
}

function silenceLine({ id, matchers, by, why, endsAt }: LiveSilence, at: number): string {
  return `${id}  ${matchers.join(" ")}  by ${by}: ${why}  ends in ${spanOf(endsAt - at)}`;
}

function actionLine({ id, state, alert, approvalsMissing, helped, outcome }: LiveAction): string {
  const missing = approvalsMissing > 0 ? `, ${approvalsMissing} to approve` : "";
  const effect = helped === null ? "" : helped ? "  it helped" : "  it did not help";
  return `${id}  ${state}${missing}  for ${alert}${outcome === null ? "" : `  ${outcome}`}${effect}`;
}

function receiverLine({ name, type, state, waiting, deadLetters, lastError }: LiveReceiver): string {
  return `${name} (${type})  ${state}, ${waiting} waiting, ${deadLetters} not delivered${lastError === null ? "" : `  ${lastError}`}`;
}

/** A time in its largest unit: `45 s`, `12 min`, `3 h`, `2 d`. */
function spanOf(milliseconds: number): string {
  const seconds = Math.max(0, Math.round(milliseconds / 1_000));
  if (seconds < 120) return `${seconds} s`;
  if (seconds < 7_200) return `${Math.round(seconds / 60)} min`;
  return seconds < 172_800 ? `${Math.round(seconds / 3_600)} h` : `${Math.round(seconds / 86_400)} d`;
}
