import type { LiveAlert, LiveAlerts } from "@rumkit/protocol";
import {
  formatCount,
  renderBytes,
  renderClock,
  renderDate,
  renderDuration,
  renderFigure,
} from "../numbers/format.ts";
import type { Level } from "../numbers/level.ts";

/** UTF-16 units of a text that the page shows at most. The collector cuts at more; a row must stay a row. */
const LONGEST_LINE = 300;
const LONGEST_TEXT = 2_000;

/** The level whose color and shape a severity has; undefined for `info`, which has neither. */
export const SEVERITY_LEVELS: Readonly<Record<LiveAlert["severity"], Level | undefined>> = {
  critical: "bad",
  warning: "warn",
  info: undefined,
};

const SEVERITY_ORDER = Object.keys(SEVERITY_LEVELS);

/** The alerts that fire, the most severe first, then the oldest. */
export function firingOf(alerts: readonly LiveAlert[]): readonly LiveAlert[] {
  return alerts.filter(({ state }) => state === "firing" || state === "recovering").toSorted(bySeverity);
}

function bySeverity(a: LiveAlert, b: LiveAlert): number {
  return (
    SEVERITY_ORDER.indexOf(a.severity) - SEVERITY_ORDER.indexOf(b.severity) ||
    a.startsAt - b.startsAt ||
    (a.episode < b.episode ? -1 : 1)
  );
}

/**
 * The alerts that a viewer of any view must see: critical and warning ones that fire and are not held back, those that no
 * one has acknowledged first.
 */
export function urgentOf({ alerts }: LiveAlerts): readonly LiveAlert[] {
  return firingOf(alerts)
    .filter(({ severity, mutedBy }) => severity !== "info" && mutedBy.length === 0)
    .toSorted((a, b) => Number(a.acknowledged !== null) - Number(b.acknowledged !== null));
}

/** Formats a value of an alert in its unit: "4.2%", "3.1 s", "1,204". */
export function renderMeasure(unit: string, value: number | null): string {
  if (value === null || !Number.isFinite(value)) return "no data";
  if (unit === "ratio")
    return renderFigure({ unit, decimals: value !== 0 && Math.abs(value) < 0.01 ? 2 : 1 }, value);
  if (unit === "seconds") return renderDuration(value);
  if (unit === "bytes") return renderBytes(value);
  const number = Number.isInteger(value) ? formatCount(value) : String(Number(value.toPrecision(3)));
  return `${number} ${unit === "none" || unit === "count" ? "" : unit.replaceAll("_", " ")}`.trim();
}

/** The value and its threshold: "4.2%, fires above 1%". */
export function renderCompared({ cause, unit, value, threshold, side }: LiveAlert): string {
  if (cause === "error") return "could not be evaluated";
  const limit = `fires ${side} ${renderMeasure(unit, threshold)}`;
  return cause === "no_data" ? `no data, ${limit}` : `${renderMeasure(unit, value)}, ${limit}`;
}

/** The time of day, with the date unless it is the day of `now`. */
export function renderMoment(ms: number, now: number): string {
  const date = renderDate(ms);
  return date === renderDate(now) ? renderClock(ms) : `${date}, ${renderClock(ms)}`;
}

/** Formats a time that has passed, or is left, with one unit: "40 s", "3 min", "5 h", "2 days". */
export function renderPassed(ms: number): string {
  const seconds = Math.max(0, Math.floor(ms / 1000));
  if (seconds < 60) return `${seconds} s`;
  const minutes = Math.floor(seconds / 60);
  if (minutes < 120) return `${minutes} min`;
  const hours = Math.floor(minutes / 60);
  return hours < 48 ? `${hours} h` : `${Math.floor(hours / 24)} days`;
}

/** Returns one line of a text, cut where it would fill the page. */
export function cutLine(text: string): string {
  return cut(text, LONGEST_LINE);
}

/** Returns a text, cut where it would fill the page. */
export function cutText(text: string): string {
  return cut(text, LONGEST_TEXT);
}

/** Characters that turn the direction of the text after them, also that of others: a title has no element to end it. */
const TURNS = /[\u202A-\u202E\u2066-\u2069]/g;

function cut(given: string, most: number): string {
  const text = given.slice(0, 2 * most).replace(TURNS, "");
  if (text.length <= most) return text;
  // Not within a surrogate pair: half of it is shown as a box.
  const end = /[\uD800-\uDBFF]$/.test(text.slice(0, most)) ? most - 1 : most;
  return `${text.slice(0, end)}…`;
}

/** Returns the address of a link if it is one that a browser opens as a page; undefined for `javascript:` and the like. */
export function linkOf(address: string | null): string | undefined {
  return address !== null && /^https?:\/\//i.test(address) && URL.canParse(address) ? address : undefined;
}
