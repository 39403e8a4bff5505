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
  type Path,
  required,
  text,
} from "../base/shape.ts";
import type { AlertDuration } from "@rumkit/protocol";
import { DEFAULT_WINDOW, secondsOf } from "./alertDefaults.ts";
import { checkWindow } from "./lintDuration.ts";
import { isCurrency } from "./lintFields.ts";

type Parts = Readonly<Record<string, unknown>>;

const metric = text('"rum_js_errors_total"');
const limit = number("a number that is not negative", (value) => value >= 0);
const count = number("a whole number that is not negative", (value) => Number.isInteger(value) && value >= 0);

/** Checks `{ route: "/checkout", status: ["4xx", "5xx"] }`. `checkAlertMetrics` checks that the values exist. */
export const checkAlertLabels: Check = (labels, path, faults) => {
  if (!isObject(labels)) return faults.add(path, mustBe('an object, e.g. { route: "/checkout" }', labels));
  for (const [label, value] of Object.entries(labels)) {
    if (faults.isFull) return;
    if (Array.isArray(value))
      list(text('"5xx"'), { example: '["4xx", "5xx"]', least: 1 })(value, [...path, label], faults);
    else text('"/checkout"')(value, [...path, label], faults);
  }
};

const selection = { labels: checkAlertLabels, by: list(text('"route"'), { example: '["route"]', least: 1 }) };
const limits = { above: limit, below: limit };

interface Kind {
  readonly check: Check;
  readonly example: string;
}

/** Builds the check of one kind of condition. The first key names the kind. */
function kind(keys: Parameters<typeof object>[0], example: string, together: Together = checkLimits): Kind {
  return {
    example,
    check: object(keys, { example, together, explain: (key) => explainKey(key, keys) }),
  };
}

type Together = (when: Parts, path: Path, faults: Faults) => void;

const KINDS: Readonly<Record<string, Kind>> = {
  rate: kind(
    { rate: metric, ...selection, over: checkWindow, comparedTo: checkWindow, atLeast: count, ...limits },
    '{ rate: "rum_js_errors_total", above: 0.5 }',
  ),
  increase: kind(
    {
      increase: metric,
      ...selection,
      over: required(checkWindow, 'the window, e.g. "1h"'),
      comparedTo: checkWindow,
      atLeast: count,
      ...limits,
    },
    '{ increase: "rum_js_errors_total", over: "1h", above: 100 }',
  ),
  ratio: kind(
    {
      ratio: metric,
      labels: checkAlertLabels,
      to: required(metric, "the counter to divide by"),
      toLabels: checkAlertLabels,
      by: selection.by,
      over: checkWindow,
      comparedTo: checkWindow,
      atLeast: count,
      ...limits,
    },
    '{ ratio: "http_requests_total", labels: { status: "5xx" }, to: "http_requests_total", above: 0.05 }',
  ),
  quantile: kind(
    {
      quantile: number("a number between 0 and 1, e.g. 0.95", (value) => value > 0 && value < 1),
      of: required(metric, "the histogram"),
      ...selection,
      over: checkWindow,
      atLeast: count,
      ...limits,
    },
    '{ quantile: 0.95, of: "rum_lcp_seconds", above: 4 }',
  ),
  share: kind(
    {
      share: metric,
      within: required(number("a number"), "the largest value that counts, a bucket edge"),
      ...selection,
      over: checkWindow,
      atLeast: count,
      above: number("a share between 0 and 1", (value) => value >= 0 && value < 1),
      below: number("a share between 0 and 1", (value) => value > 0 && value <= 1),
    },
    '{ share: "rum_lcp_seconds", within: 2.5, below: 0.75 }',
  ),
  gauge: kind({ gauge: metric, ...selection, ...limits }, '{ gauge: "queue_depth", above: 15 }'),
  absent: kind(
    {
      absent: metric,
      labels: checkAlertLabels,
      over: required(checkWindow, 'the window, e.g. "15m"'),
      comparedTo: checkWindow,
      atLeast: count,
    },
    '{ absent: "rum_page_views_total", over: "15m" }',
    checkComparison,
  ),
  slowPagesCost: kind(
    {
      slowPagesCost: checkCurrency,
      above: required(
        number("an amount above 0", (value) => value > 0),
        "money a day, e.g. 500",
      ),
      conversion: text('"purchase"'),
      atLeast: count,
    },
    '{ slowPagesCost: "USD", above: 500 }',
    () => {},
  ),
};

/** Checks the shape of a condition. Its first known kind decides which other keys it may have. */
export const checkCondition: Check = (when, path, faults) => {
  const { example } = KINDS["rate"]!;
  if (!isObject(when)) return faults.add(path, mustBe(`an object, e.g. ${example}`, when));
  const found = Object.keys(KINDS).filter((name) => when[name] !== undefined);
  const [name, other] = found;
  if (name === undefined) return faults.add(path, explainKind(when));
  if (other !== undefined)
    return faults.add(path, `has ${name} and ${other}. Write one of them, and an alert for each.`);
  KINDS[name]!.check(when, path, faults);
};

function explainKind(when: Parts): string {
  const names = Object.keys(KINDS);
  const [wrong, meant] =
    Object.keys(when)
      .map((key) => [key, nearestName(key, names)] as const)
      .find(([, near]) => near !== undefined) ?? [];
  const hint =
    meant === undefined ? `e.g. ${KINDS["rate"]!.example}` : `did you mean "${meant}", not "${wrong}"?`;
  return `needs one of ${names.join(", ")}: ${hint}`.replace(/([^.?])$/, "$1.");
}

function checkLimits(when: Parts, path: Path, faults: Faults): void {
  const { above, below } = when;
  if (above === undefined && below === undefined)
    return faults.add(path, "needs a limit: above or below, e.g. above: 0.5.");
  if (above !== undefined && below !== undefined)
    return faults.add(path, "has above and below. Write one of them, and an alert for each.");
  if (below === 0) faults.add([...path, "below"], "must be above 0: no value is negative.");
  checkComparison(when, path, faults);
}

function checkComparison(when: Parts, path: Path, faults: Faults): void {
  const { comparedTo, over = DEFAULT_WINDOW, atLeast } = when;
  if (comparedTo === undefined) {
    if (atLeast !== undefined && ("increase" in when || "absent" in when))
      faults.add([...path, "atLeast"], "needs comparedTo: it is the minimum of the earlier window.");
    return;
  }
  if (secondsOf(comparedTo as AlertDuration) < secondsOf(over as AlertDuration))
    faults.add(
      [...path, "comparedTo"],
      `must be at least as long as the window, which is ${describeValue(over)}, so that they do not overlap.`,
    );
  if (atLeast === 0) faults.add([...path, "atLeast"], "must be 1 or more: nothing can be compared with 0.");
}

function checkCurrency(currency: unknown, path: Path, faults: Faults): void {
  if (typeof currency === "string" && isCurrency(currency)) return;
  faults.add(path, mustBe('a currency of ISO 4217, e.g. "USD"', currency));
}

const WORDS: Readonly<Record<string, string>> = {
  threshold: "above",
  gt: "above",
  greaterThan: "above",
  lt: "below",
  lessThan: "below",
  window: "over",
  range: "over",
  offset: "comparedTo",
  min: "atLeast",
  minimum: "atLeast",
  groupBy: "by",
  metric: "rate",
};

/** Explains a key that another kind has, or that another tool calls so. */
function explainKey(key: string, keys: Readonly<Record<string, unknown>>): string | undefined {
  const word = Object.hasOwn(WORDS, key) ? WORDS[key] : undefined;
  if (word !== undefined && Object.hasOwn(keys, word)) return `Did you mean "${word}"?`;
  if (["for", "keepFiringFor", "severity", "team", "summary", "runbook"].includes(key))
    return "It belongs to the alert, beside when.";
  return undefined;
}
