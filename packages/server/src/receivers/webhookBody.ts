import type { Alert } from "../alerts/alert.ts";
import type { Notice } from "../notices/notice.ts";
import { cleanLines } from "./cleanText.ts";
import { bytesOf, cutText } from "./cutText.ts";
import { safeLink } from "./noticeText.ts";
import { isoText } from "./quantityText.ts";

/** Maximum bytes of a body (Standard Webhooks 1.0.0, "Payload": smaller than 20 kB). */
const MAX_BODY_BYTES = 20_000 - 1;

/** Bounds of an alert in a body. */
interface Bounds {
  /** Code units of summary, description and links. */
  readonly text: number;
  /** Code units of a label's name and value. */
  readonly label: number;
  readonly labels: number;
}

/**
 * The bounds of usual alerts, then those of one alert that is too large for them. A code unit can take six bytes of JSON,
 * and a label is there up to three times: the last bounds give at most 14 kB.
 */
const BOUNDS: readonly [Bounds, ...Bounds[]] = [
  { text: 600, label: 200, labels: 20 },
  { text: 200, label: 60, labels: 20 },
  { text: 100, label: 40, labels: 6 },
];

/** Code units of a text that are cleaned for each that is kept: a hostile text costs no more than that. */
const MAX_CLEANED = 4;

/** Alertmanager's word for an end that is not known: the zero time of Go. */
const NO_END = "0001-01-01T00:00:00Z";

/** Alertmanager's words for the reasons that it has (`notificationReason`, since 0.33). */
const REASONS: Readonly<Partial<Record<Notice["reason"], string>>> = {
  fired: "first notification",
  repeat: "repeat interval elapsed",
};

/**
 * Returns the body of Alertmanager's webhook, version 4, with more fields: `notice` and each alert's value, threshold,
 * unit, release and episode. Alerts that do not fit are counted in `truncatedAlerts`.
 */
export function renderWebhookBody(receiver: string, notice: Notice): string {
  let body = "";
  for (const bounds of BOUNDS) {
    body = JSON.stringify(bodyOf(receiver, notice, bounds));
    if (bytesOf(body) <= MAX_BODY_BYTES) return body;
  }
  return body;
}

function bodyOf(receiver: string, notice: Notice, bounds: Bounds): object {
  const envelope = envelopeOf(receiver, notice, bounds);
  const room = MAX_BODY_BYTES - sizeOf(envelope);
  let size = 0;
  const alerts: BodyAlert[] = [];
  for (const alert of notice.alerts) {
    const rendered = alertOf(alert, notice.at, bounds);
    // The common labels and annotations repeat at most those of the first alert.
    if (alerts.length === 0) size += sizeOf(rendered.labels) + sizeOf(rendered.annotations);
    size += sizeOf(rendered) + 1;
    if (alerts.length > 0 && size > room) break;
    alerts.push(rendered);
  }
  return {
    ...envelope,
    truncatedAlerts: notice.leftOut + notice.alerts.length - alerts.length,
    commonLabels: commonOf(alerts.map(({ labels }) => labels)),
    commonAnnotations: commonOf(alerts.map(({ annotations }) => annotations)),
    alerts,
  };
}

/** Everything but the alerts; the fields that they decide are empty. */
function envelopeOf(receiver: string, notice: Notice, bounds: Bounds): object {
  const groupLabels = labelsOf(notice.groupLabels, bounds);
  return {
    version: "4",
    groupKey: groupKeyOf(groupLabels),
    truncatedAlerts: notice.leftOut + notice.alerts.length,
    status: notice.status,
    receiver: shorten(receiver, bounds.label),
    groupLabels,
    commonLabels: {},
    commonAnnotations: {},
    externalURL: linkOf("url", notice.alerts[0]?.links.live, bounds)["url"] ?? "",
    ...(REASONS[notice.reason] !== undefined && { notificationReason: REASONS[notice.reason] }),
    alerts: [],
    notice: { id: notice.id, episode: notice.episode, reason: notice.reason, at: isoText(notice.at) },
  };
}

function sizeOf(value: object): number {
  return bytesOf(JSON.stringify(value));
}

interface BodyAlert {
  readonly labels: Record<string, string>;
  readonly annotations: Record<string, string>;
}

function alertOf(alert: Alert, at: number, bounds: Bounds): BodyAlert & Record<string, unknown> {
  const { labels, links, startsAt, endsAt, release, declaredAs } = alert;
  return {
    status: alert.state === "resolved" ? "resolved" : "firing",
    labels: { ...labelsOf(labels, bounds), alertname: shorten(alert.name, bounds.label) },
    annotations: {
      summary: shorten(alert.summary, bounds.text),
      description: shorten(alert.description, bounds.text),
      ...linkOf("runbook_url", links.runbook, bounds),
      ...linkOf("dashboard_url", links.board, bounds),
    },
    startsAt: isoText(startsAt),
    endsAt: endsAt === undefined ? NO_END : isoText(endsAt),
    generatorURL: linkOf("url", links.live, bounds)["url"] ?? "",
    fingerprint: alert.fingerprint,
    episode: alert.episode,
    declaredAs: declaredAs === undefined ? null : shorten(declaredAs, bounds.label),
    state: alert.state,
    cause: alert.cause,
    value: alert.value,
    threshold: alert.threshold,
    side: alert.side,
    unit: alert.unit,
    release: release === undefined ? null : shorten(release, bounds.label),
    durationSeconds: Math.max(0, Math.round(((endsAt ?? at) - startsAt) / 1_000)),
  };
}

function shorten(text: string, max: number): string {
  return cutText(cleanLines(text.slice(0, max * MAX_CLEANED)), max);
}

function linkOf(name: string, url: string | undefined, { text }: Bounds): Record<string, string> {
  const safe = safeLink(url);
  // A part of a URL leads nowhere.
  return safe === undefined || safe.length > text ? {} : { [name]: safe };
}

function labelsOf(
  labels: Readonly<Record<string, string>>,
  { label, labels: most }: Bounds,
): Record<string, string> {
  const entries = Object.entries(labels).slice(0, most);
  return Object.fromEntries(entries.map(([name, value]) => [shorten(name, label), shorten(value, label)]));
}

/** `{}:{alertname="ShopCheckoutErrors"}`: of the root route, as of Alertmanager. */
function groupKeyOf(labels: Readonly<Record<string, string>>): string {
  const pairs = Object.entries(labels).map(([name, value]) => `${name}=${JSON.stringify(value)}`);
  return `{}:{${pairs.toSorted().join(", ")}}`;
}

/** The entries that all records share. */
function commonOf(records: readonly Record<string, string>[]): Record<string, string> {
  const [first = {}, ...rest] = records;
  return Object.fromEntries(
    Object.entries(first).filter(([name, value]) => rest.every((record) => record[name] === value)),
  );
}
