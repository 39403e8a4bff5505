import type { AlertDuration } from "@rumkit/protocol";
import { nearestName } from "../base/nearestName.ts";
import { secondsOf } from "./alertDefaults.ts";
import { checkCondition } from "./lintAlertConditions.ts";
import { checkDuration } from "./lintDuration.ts";
import { checkName } from "./names.ts";
import {
  type Check,
  describeValue,
  type Faults,
  isObject,
  mustBe,
  number,
  object,
  oneOf,
  type Path,
  record,
  required,
  text,
} from "../base/shape.ts";

const WHEN = '{ rate: "rum_js_errors_total", above: 0.5 }';

/** The defaults that `false` can turn off. A catalog without conversions has none of them, but may say so. */
const DEFAULT_ALERTS: readonly string[] = ["conversions_missing", "conversion_rate_halved"];

const severity = oneOf(["critical", "warning", "info"], {
  page: "critical",
  high: "critical",
  error: "critical",
  ticket: "warning",
  low: "info",
  none: "info",
});

const checkAlert = object(
  {
    when: required(checkCondition, `the condition, e.g. ${WHEN}`),
    for: checkDuration,
    keepFiringFor: checkDuration,
    clear: number("a number that is not negative", (value) => value >= 0),
    noData: oneOf(["ok", "alert"], { keep: "ok", firing: "alert", alerting: "alert" }),
    noDataFor: checkDuration,
    severity,
    team: checkTeam,
    summary: text('"Errors at the checkout."'),
    runbook: checkRunbook,
  },
  {
    example: `{ when: ${WHEN}, for: "5m" }`,
    explain: (key, value) =>
      Object.hasOwn(MOVED, key) ? MOVED[key] : isObject(value) ? undefined : explainLimit(key),
    together: (alert, path, faults) => {
      if (typeof alert["summary"] === "string") checkSummary(alert, path, faults);
      checkClear(alert, path, faults);
      checkNoData(alert, path, faults);
    },
  },
);

/** Names of other tools, and where they belong. */
const MOVED: Readonly<Record<string, string>> = {
  expr: 'Write the condition as data: when: { rate: "…", above: 1 }.',
  keep_firing_for: 'Did you mean "keepFiringFor"?',
  runbook_url: 'Did you mean "runbook"?',
  annotations: 'Write "summary" and "runbook".',
};

function explainLimit(key: string): string | undefined {
  return ["above", "below", "over", "atLeast", "by", "labels"].includes(key)
    ? `It belongs to the condition: when: { …, ${key}: … }.`
    : undefined;
}

/** Checks the alerts of a catalog by themselves. `checkAlertMetrics` checks their metrics. */
export const checkAlerts: Check = record(
  checkName,
  (alert, path, faults) => {
    if (alert !== false) return checkAlert(alert, path, faults);
    const name = String(path.at(-1));
    if (DEFAULT_ALERTS.includes(name)) return;
    const meant = nearestName(name, DEFAULT_ALERTS);
    const hint = meant === undefined ? `Known: ${DEFAULT_ALERTS.join(", ")}.` : `Did you mean "${meant}"?`;
    faults.add(path, `is not a default that can be turned off with false. ${hint}`);
  },
  `{ checkout_errors: { when: ${WHEN} } }`,
);

type Parts = Readonly<Record<string, unknown>>;

/** A clear threshold lies on the side of normal values. */
function checkClear({ clear, when }: Parts, path: Path, faults: Faults): void {
  if (clear === undefined || !isObject(when)) return;
  const { above, below } = when as { above?: number; below?: number };
  const at = [...path, "clear"];
  if (above === undefined && below === undefined)
    return faults.add(at, "needs a condition with above or below: nothing else has a threshold.");
  if (above !== undefined && !(Number(clear) < above))
    faults.add(at, `must be less than above, which is ${above}: the alert ends below its threshold.`);
  if (below !== undefined && !(Number(clear) > below))
    faults.add(at, `must be more than below, which is ${below}: the alert ends above its threshold.`);
}

/** Conditions that can lack data although all is well are those about events that should not happen. */
function checkNoData({ noData, noDataFor, when }: Parts, path: Path, faults: Faults): void {
  if (noDataFor !== undefined && noData !== "alert")
    faults.add([...path, "noDataFor"], 'needs noData: "alert".');
  if (noData !== "alert" || !isObject(when)) return;
  if (["gauge", "ratio", "quantile", "share"].some((kind) => when[kind] !== undefined)) return;
  faults.add(
    [...path, "noData"],
    'cannot be "alert" here: without events there is nothing to count, and that is not a fault. Write a condition with absent.',
  );
}

function checkTeam(team: unknown, path: Path, faults: Faults): void {
  if (typeof team === "string" && /^[\w .@/-]{1,64}$/.test(team)) return;
  faults.add(path, mustBe('a short name, e.g. "checkout"', team));
}

function checkRunbook(url: unknown, path: Path, faults: Faults): void {
  const parsed = typeof url === "string" ? URL.parse(url) : null;
  if (parsed && /^https?:$/.test(parsed.protocol) && !/[\s{}"]/.test(String(url))) return;
  faults.add(path, mustBe('an http or https URL, e.g. "https://wiki.example/checkout"', url));
}

/** Checks the placeholders of a summary, and that it promises no time that the alert does not keep. */
function checkSummary(alert: Readonly<Record<string, unknown>>, path: Path, faults: Faults): void {
  const summary = alert["summary"] as string;
  const { by = [] } = alert["when"] as { by?: readonly string[] };
  const known = ["value", ...by];
  const at = [...path, "summary"];
  const rest = summary.replaceAll(/\{([a-zA-Z_]\w*)\}/g, (whole, name: string) =>
    known.includes(name) ? "" : whole,
  );
  const unknown = /\{[^}]*\}?|\}/.exec(rest)?.[0];
  if (unknown !== undefined)
    faults.add(
      at,
      `has ${describeValue(unknown)}, which is not filled in. Write ${known.map((name) => `{${name}}`).join(", ")}.`,
    );
  const wait = alert["for"] === undefined ? 0 : secondsOf(alert["for"] as AlertDuration);
  const promised = secondsPromised(summary);
  if (promised !== undefined && promised.seconds < wait)
    faults.add(
      at,
      `says ${describeValue(promised.text)}, but the alert waits longer: for is ${describeValue(alert["for"])}. Change one of them.`,
    );
}

const UNITS: Readonly<Record<string, number>> = { second: 1, minute: 60, hour: 3600, day: 86_400 };
const NUMBERS = ["a", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten"];

/** Returns the shortest time that a text names: `under a minute`, `for 5 minutes`, `within 30 s`. */
function secondsPromised(summary: string): { readonly text: string; readonly seconds: number } | undefined {
  const found = [
    ...summary.matchAll(
      /\b(?:under|within|in|after|for) (an?|one|two|three|four|five|six|seven|eight|nine|ten|\d+) ?(s|sec|second|m|min|minute|h|hour|d|day)s?\b/gi,
    ),
  ].map(([whole, written = "", unit = ""]) => {
    const named = NUMBERS.indexOf(written.toLowerCase()) + 1;
    const count = /^\d/.test(written) ? Number(written) : Math.max(named, 1);
    const long = Object.keys(UNITS).find((name) => name.startsWith(unit[0]!.toLowerCase()))!;
    return { text: whole, seconds: count * UNITS[long]! };
  });
  return found.toSorted((a, b) => a.seconds - b.seconds)[0];
}
