import type { AlertDuration } from "@rumkit/protocol";
import { nearestName } from "../base/nearestName.ts";
import {
  type Check,
  describeValue,
  type Faults,
  isObject,
  list,
  mustBe,
  number,
  object,
  oneOf,
  type Path,
  record,
  required,
  text,
} from "../base/shape.ts";
import { secondsOf } from "./alertDefaults.ts";
import { checkAlertLabels } from "./lintAlertConditions.ts";
import { checkWindow } from "./lintDuration.ts";
import { checkName } from "./names.ts";

type Parts = Readonly<Record<string, unknown>>;

/** The longest window of a card, in seconds: the live page keeps the seconds of 15 minutes. */
const LONGEST_WINDOW = 900;

/** Cards, and charts: more do not fit on a screen. */
const MOST_ENTRIES = 12;

/** Events and columns of the table of the last events. */
const MOST_EVENTS = 20;
const MOST_COLUMNS = 8;

/** Above this factor, a threshold of a ratio was probably meant in percent. */
const HIGHEST_RATIO = 2;

const source = text('"conversion:purchase"');
const limit = number("a number that is not negative", (value) => value >= 0);

const checkLiveWindow: Check = (value, path, faults) => {
  const before = faults.found.length;
  checkWindow(value, path, faults);
  if (faults.found.length === before && secondsOf(value as AlertDuration) > LONGEST_WINDOW)
    faults.add(
      path,
      `must be 15m or less, not ${describeValue(value)}: the live page keeps 15 minutes of seconds.`,
    );
};

const titled = { title: text('"Borrows / second"'), help: text('"Licenses borrowed."') };
const judged = { warning: limit, critical: limit };
const selected = { labels: checkAlertLabels, by: text('"tool"') };
const numbers = { ...titled, ...judged, ...selected };
const windowed = { ...numbers, over: checkLiveWindow };

/** The kinds of numbers, by the key that names them, with an example. */
const KINDS = {
  rate: [{ rate: source, per: oneOf(["second", "minute"]), ...windowed }, '{ rate: "conversion:purchase" }'],
  increase: [{ increase: source, ...windowed }, '{ increase: "conversion:purchase" }'],
  money: [
    { money: source, currency: text('"USD"'), per: oneOf(["minute"]), ...windowed },
    '{ money: "conversion:purchase" }',
  ],
  ratio: [
    {
      ratio: source,
      to: required(source, "the counter or gauge to divide by"),
      toLabels: checkAlertLabels,
      ...windowed,
    },
    '{ ratio: "conversion:purchase", to: "conversion:signup" }',
  ],
  quantile: [
    {
      quantile: number("a number between 0 and 1, e.g. 0.95", (value) => value > 0 && value < 1),
      of: required(source, "the histogram"),
      ...windowed,
    },
    '{ quantile: 0.95, of: "rum_lcp_seconds" }',
  ],
  gauge: [{ gauge: source, outOf: source, ...numbers }, '{ gauge: "queue_depth" }'],
  figure: [{ figure: text('"lcp_p75"'), ...titled }, '{ figure: "lcp_p75" }'],
} as const;

type Kind = keyof typeof KINDS;

/** Builds the check of cards or of charts. The key that names the kind decides which others an entry may have. */
function checkEntry(further: Readonly<Record<string, Check>>): Check {
  const checks = Object.fromEntries(
    Object.entries(KINDS).map(([kind, [keys, example]]) => {
      const all = kind === "figure" ? keys : { ...keys, ...further };
      return [kind, object(all, { example, together: checkTogether, explain: explainKey(all) })];
    }),
  ) as Record<Kind, Check>;
  return (entry, path, faults) => {
    if (!isObject(entry)) return faults.add(path, mustBe(`an object, e.g. ${KINDS.rate[1]}`, entry));
    const [kind, other] = (Object.keys(KINDS) as Kind[]).filter((name) => entry[name] !== undefined);
    if (kind === undefined) return faults.add(path, explainKind(entry));
    if (other !== undefined)
      return faults.add(path, `has ${kind} and ${other}. Write one of them, and an entry for each.`);
    checks[kind](entry, path, faults);
  };
}

function explainKind(entry: Parts): string {
  const names = Object.keys(KINDS);
  const [wrong, meant] =
    Object.keys(entry)
      .map((key) => [key, nearestName(key, names)] as const)
      .find(([, near]) => near !== undefined) ?? [];
  return meant === undefined
    ? `needs one of ${names.join(", ")}: e.g. ${KINDS.rate[1]}.`
    : `needs one of ${names.join(", ")}: did you mean "${meant}", not "${wrong}"?`;
}

/** Checks the thresholds, and what belongs to bars. */
function checkTogether(entry: Parts, path: Path, faults: Faults): void {
  const { warning, critical, as, by, ratio } = entry;
  if (warning !== undefined && critical === undefined)
    faults.add([...path, "warning"], "needs critical, the threshold above which the number is red.");
  if (Number(warning) > Number(critical))
    faults.add([...path, "critical"], `must be at least warning, which is ${warning as number}.`);
  if (ratio !== undefined && Number(critical) > HIGHEST_RATIO)
    faults.add(
      [...path, "critical"],
      `is ${Number(critical) * 100} %, because a ratio is 0–1. Did you mean ${Number(critical) / 100}?`,
    );
  if (as === "bars" && by === undefined)
    faults.add([...path, "as"], 'needs by, the label with a bar for each value: by: "tool".');
}

const WORDS: Readonly<Record<string, string>> = {
  warn: "warning",
  orange: "warning",
  threshold: "critical",
  above: "critical",
  bad: "critical",
  red: "critical",
  window: "over",
  range: "over",
  groupBy: "by",
  kind: "as",
  type: "as",
  name: "title",
  of: "outOf",
  whole: "to",
};

/** Explains a key that other tools use. */
function explainKey(known: object) {
  return (key: string): string | undefined => {
    const word = Object.hasOwn(WORDS, key) ? WORDS[key] : undefined;
    return word !== undefined && Object.hasOwn(known, word) ? `Did you mean "${word}"?` : undefined;
  };
}

/** Checks named cards or charts, and their number. */
function checkEntries(what: string, check: Check, example: string): Check {
  const checkAll = record(checkName, check, example);
  return (entries, path, faults) => {
    checkAll(entries, path, faults);
    const count = isObject(entries) ? Object.keys(entries).length : 0;
    if (count > MOST_ENTRIES) faults.add(path, `has ${count} ${what}; ${MOST_ENTRIES} at most.`);
  };
}

function checkMost(most: number, what: string, check: Check): Check {
  return (values, path, faults) => {
    check(values, path, faults);
    if (Array.isArray(values) && values.length > most)
      faults.add(path, `has ${values.length} ${what}; ${most} at most.`);
  };
}

const EVENTS = '["conversion:purchase"]';

const checkActivity = object(
  {
    title: titled.title,
    events: required(
      checkMost(MOST_EVENTS, "events", list(text('"action:login"'), { example: EVENTS, least: 1 })),
      `the events as steps of a funnel, e.g. ${EVENTS}`,
    ),
    columns: checkMost(MOST_COLUMNS, "columns", list(text('"user"'), { example: '["tool", "user"]' })),
  },
  { example: `{ events: ${EVENTS} }` },
);

/** Checks the shape of the cards and charts of the live page. `lintLiveMetrics` checks what they read. */
export const checkLive: Check = object(
  {
    cards: checkEntries("cards", checkEntry({}), `{ orders: ${KINDS.rate[1]} }`),
    charts: checkEntries(
      "charts",
      checkEntry({ as: oneOf(["line", "bars"], { bar: "bars", stacked: "bars", lines: "line" }) }),
      `{ orders: ${KINDS.rate[1]} }`,
    ),
    activity: checkActivity,
  },
  {
    example: `{ cards: { orders: ${KINDS.rate[1]} } }`,
    explain: (key) => (key === "tables" || key === "table" ? 'Did you mean "activity"?' : undefined),
  },
);
