import type { Alert } from "../alerts/alert.ts";
import type { Notice, NoticeReason } from "../notices/notice.ts";
import { cleanLine, cleanLines } from "./cleanText.ts";
import { durationText, quantityText, timeText } from "./quantityText.ts";

/** A notice in words, the same for every receiver. Neither escaped nor cut: each service has its own rules. */
export interface NoticeText {
  /** `[FIRING] ShopCheckoutErrors: 5.2 % of checkouts fail`. */
  readonly title: string;
  /** A sentence about the reason of the notice; empty for the usual ones. */
  readonly note: string;
  /** The color of the message: green once everything is resolved, else by the highest severity. */
  readonly level: NoticeLevel;
  readonly alerts: readonly AlertText[];
  readonly leftOut: number;
}

export type NoticeLevel = "critical" | "warning" | "info" | "resolved";

/** One alert in words. Texts are one line each, except for the description. */
export interface AlertText {
  readonly name: string;
  readonly isFiring: boolean;
  /** The label `severity`; empty if it has none. */
  readonly severity: string;
  readonly summary: string;
  readonly description: string;
  /** `5.2 % (fires above 5 %)`. */
  readonly value: string;
  /** Pairs of a name and its text, in the order in which a person asks. */
  readonly facts: readonly Fact[];
  readonly links: readonly Link[];
}

type Fact = readonly [name: string, text: string];

/** An absolute URL of http or https that was normalized by a parser, so that it has no blank and no `<`, `>` or `"`. */
type Link = readonly [name: string, url: string];

const STATUS: Readonly<Record<NoticeReason, string>> = {
  fired: "FIRING",
  resolved: "RESOLVED",
  changed: "FIRING",
  repeat: "STILL FIRING",
  flood: "FLOOD",
  flapping: "FLAPPING",
  test: "TEST",
};

const NOTE: Readonly<Record<NoticeReason, string>> = {
  fired: "",
  resolved: "",
  changed: "Alerts of this group began or ended.",
  repeat: "",
  flood: "There were more notices of this rule in an hour than its cap. The next ones are left out.",
  flapping: "It fires and ends again and again. The next notice comes when it is calm.",
  test: "A person tries this receiver. No metric has crossed a threshold.",
};

/** Maximum characters of a URL in a message (Slack: 3,000). A longer one is left out, since a part leads nowhere. */
const MAX_LINK = 2_000;

/** Bounds of what is put into words, near what a service shows: a hostile text costs no more. */
const MAX_LINE = 1_000;
const MAX_DESCRIPTION = 4_000;
const MAX_LABELS = 20;
const MAX_LABEL = 200;

/** Puts a notice into words. `most` is the number of alerts to describe; the others are counted. */
export function textOfNotice({ reason, status, alerts, leftOut, at }: Notice, most = 10): NoticeText {
  const texts = alerts.slice(0, most).map((alert) => textOfAlert(alert, at));
  const names = [...new Set(texts.map(({ name }) => name))];
  const count = alerts.length + leftOut;
  const subject =
    count === 1 && texts[0]!.summary !== ""
      ? `${names[0]}: ${texts[0]!.summary}`
      : `${count === 1 ? "" : `${count} alerts: `}${names.join(", ")}`;
  const word = reason === "changed" && status === "resolved" ? STATUS.resolved : STATUS[reason];
  return {
    title: `[${word}] ${subject}`,
    note: NOTE[reason],
    level: levelOf(status, alerts),
    alerts: texts,
    leftOut: count - texts.length,
  };
}

function line(text: string): string {
  return cleanLine(text.slice(0, MAX_LINE));
}

function levelOf(status: Notice["status"], alerts: readonly Alert[]): NoticeLevel {
  if (status === "resolved") return "resolved";
  const severities = alerts
    .filter(({ state }) => state !== "resolved")
    .map(({ labels }) => labels["severity"]);
  // An alert without a severity of ours may be urgent.
  return severities.includes("critical") || !severities.every((name) => name === "info" || name === "warning")
    ? "critical"
    : severities.includes("warning")
      ? "warning"
      : "info";
}

/** "2 more alerts." */
export function moreText(count: number): string {
  return `${count} more ${count === 1 ? "alert" : "alerts"}.`;
}

/** Puts an alert into words, as it was at a moment. */
export function textOfAlert(alert: Alert, at: number): AlertText {
  const { name, labels, state, startsAt, endsAt, release, links } = alert;
  const isFiring = state !== "resolved";
  const value = valueText(alert);
  const shownLabels = Object.entries(labels)
    .slice(0, MAX_LABELS)
    .map(([label, text]) => `${line(label.slice(0, MAX_LABEL))}=${line(text.slice(0, MAX_LABEL))}`)
    .join(", ");
  const facts: Fact[] = [
    ["Value", value],
    ["Since", timeText(startsAt)],
    [isFiring ? "For" : "Lasted", durationText((endsAt ?? at) - startsAt)],
    ["Release", line(release ?? "")],
    ["Labels", shownLabels],
  ];
  return {
    name: line(name) || "Alert",
    isFiring,
    severity: line(labels["severity"] ?? ""),
    summary: line(alert.summary),
    description: cleanLines(alert.description.slice(0, MAX_DESCRIPTION)),
    value,
    facts: facts.filter(([, text]) => text !== ""),
    links: linksOf([
      ["Live page", links.live],
      ["Board", links.board],
      ["Runbook", links.runbook],
    ]),
  };
}

function valueText({ value, cause, threshold, side, unit, state, labels }: Alert): string {
  const currency = unit === "currency" ? ` ${line(labels["currency"] ?? "")}`.trimEnd() : "";
  const limit = `fires ${side} ${quantityText(threshold, unit)}${currency}`;
  if (cause === "error") return `its evaluation failed (${limit})`;
  if (value === null || !Number.isFinite(value) || (cause === "no_data" && state !== "resolved"))
    return `no data (${limit})`;
  return `${quantityText(value, unit)}${currency} (${limit})`;
}

function linksOf(links: readonly (readonly [string, string | undefined])[]): Link[] {
  return links.flatMap(([name, url]): Link[] => {
    const safe = safeLink(url);
    return safe === undefined ? [] : [[name, safe]];
  });
}

/** Returns the normalized URL; undefined for one that no browser may open from a message. */
export function safeLink(url: string | undefined): string | undefined {
  if (url === undefined || url.length > MAX_LINK || !URL.canParse(url)) return undefined;
  const { protocol, href, username, password } = new URL(url);
  if (!/^https?:$/.test(protocol) || username !== "" || password !== "") return undefined;
  // A parser leaves some of them in a path, a query or a fragment, where they would end a link of Slack or of Markdown.
  const safe = href.replace(/[|<>"'`()\\]/g, encodeCharacter);
  return safe.length > MAX_LINK ? undefined : safe;
}

function encodeCharacter(character: string): string {
  return `%${character.charCodeAt(0).toString(16).toUpperCase()}`;
}
