import { checkFamilyName, checkNamedUnit } from "./chosenNames.ts";
import { jobBuckets } from "./describeJobMetrics.ts";
import { STANDARD_FAMILIES } from "./describeCatalogMetrics.ts";
import {
  boundBuckets,
  boundLabels,
  checkBuckets,
  checkLabelName,
  checkLabels,
  checkMoney,
  checkMoneyLabels,
} from "./lintFields.ts";
import { checkIngestedName, checkName } from "./names.ts";
import { type Check, type Faults, object, oneOf, type Path, record, required, text } from "../base/shape.ts";

/** Maximum jobs: each one has a dozen series and more. */
const MAX_JOBS = 200;

type Entry = Readonly<Record<string, unknown>>;

const HELP = '"Items put into the cart."';

export const help = required(text(HELP), `one sentence for dashboards, e.g. ${HELP}`);

const from = oneOf(["page", "server"], {
  client: "page",
  browser: "page",
  frontend: "page",
  backend: "server",
  api: "server",
});

const reported = { help, labels: checkLabels, from, family: oneOf(Object.keys(STANDARD_FAMILIES)) };

const counted = { ...reported, name: checkFamilyName("counter") };

export const units = oneOf(["seconds", "bytes", "ratio"], {
  s: "seconds",
  ms: "seconds",
  milliseconds: "seconds",
  minutes: "seconds",
  hours: "seconds",
  byte: "bytes",
  kb: "bytes",
  mb: "bytes",
  percent: "ratio",
  "%": "ratio",
});
const unit = required(units, '"seconds", "bytes" or "ratio"');
const buckets = required(checkBuckets, "upper edges in the unit, e.g. [0.1, 0.5, 1]");

function checkTogether(entry: Entry, path: Path, faults: Faults): void {
  boundLabels(entry["labels"], path, faults);
  if (entry["family"] !== undefined && entry["from"] !== "server")
    faults.add([...path, "family"], 'needs from: "server": a claim of a page is not proof for the backend.');
}

/** Explains where money belongs. Elsewhere it would be lost silently. */
function explainMoney(key: string): string | undefined {
  return ["value", "values", "money", "currency", "revenue"].includes(key)
    ? 'Only conversions carry money: move the entry to conversions, with value: { money: ["USD"] }.'
    : undefined;
}

const checkAction = object(counted, {
  example: `{ help: ${HELP} }`,
  explain: explainMoney,
  together: checkTogether,
});

export const checkActions: Check = record(checkName, checkAction, `{ add_to_cart: { help: ${HELP} } }`);

const checkConversion = object(
  { ...counted, value: checkMoney, experience: oneOfTrue, primary: oneOfTrue },
  {
    example: '{ help: "Orders paid." }',
    explain: (key) =>
      ["money", "currency", "currencies", "revenue"].includes(key)
        ? 'Write value: { money: ["USD"] }.'
        : undefined,
    together: (entry, path, faults) => {
      checkTogether(entry, path, faults);
      checkMoneyLabels(entry, path, faults);
      if (entry["experience"] !== undefined && entry["from"] !== "server")
        faults.add([...path, "experience"], 'needs from: "server": pages always report it.');
    },
  },
);

function oneOfTrue(value: unknown, path: Path, faults: Faults): void {
  if (value !== true) faults.add(path, "must be true or absent.");
}

const checkEachConversion = record(
  checkName,
  checkConversion,
  '{ purchase: { help: "Orders paid.", value: { money: ["USD"] } } }',
);

export const checkConversions: Check = (conversions, path, faults) => {
  const before = faults.found.length;
  checkEachConversion(conversions, path, faults);
  if (faults.found.length > before) return;
  const [first, second] = Object.entries(conversions as Readonly<Record<string, Entry>>)
    .filter(([, { primary }]) => primary === true)
    .map(([name]) => name);
  if (second !== undefined)
    faults.add(
      [...path, second, "primary"],
      `is true for "${first}" already. One conversion is the goal of the business: remove one.`,
    );
};

const MEASUREMENT = '{ help: "Search.", unit: "seconds", buckets: [0.1, 0.5, 1] }';

const checkMeasurement = object(
  { ...reported, unit, buckets, name: checkFamilyName("histogram") },
  {
    example: MEASUREMENT,
    explain: explainMoney,
    together: (entry, path, faults) => {
      checkTogether(entry, path, faults);
      if (entry["name"] === undefined) checkSuffix(entry["unit"], path, faults);
      checkNamedUnit(entry, path, faults);
    },
  },
);

export const checkMeasurements: Check = record(checkName, checkMeasurement, `{ search: ${MEASUREMENT} }`);

/** Checks that the name of an entry lacks its unit, which is appended. */
export function checkSuffix(suffix: unknown, path: Path, faults: Faults): void {
  const name = String(path.at(-1));
  if (typeof suffix !== "string" || !name.endsWith(`_${suffix}`)) return;
  const bare = name.slice(0, -suffix.length - 1);
  faults.add(path, `has its unit in the name, which is added automatically: use ${bare}.`);
}

export const checkFeatures: Check = record(
  checkName,
  object({ help }, { example: '{ help: "The dark mode." }', explain: explainMoney }),
  '{ dark_mode: { help: "The dark mode." } }',
);

const checkJobNames = object(
  {
    accepted: checkFamilyName("counter"),
    inFlight: checkFamilyName("gauge"),
    duration: checkFamilyName("histogram"),
    outcomeLabel: checkLabelName,
  },
  {
    example: '{ accepted: "clip_jobs_queued_total" }',
    together: ({ duration, outcomeLabel }, path, faults) => {
      checkNamedUnit({ name: duration, unit: "seconds" }, path, faults, "duration");
      if (outcomeLabel !== undefined && duration === undefined)
        faults.add([...path, "outcomeLabel"], "needs duration, the family that has the label.");
    },
  },
);

const checkEachJob = record(
  checkName,
  object({ help, buckets: checkBuckets, names: checkJobNames }, { example: '{ help: "Invoices sent." }' }),
  '{ send_invoice: { help: "Invoices sent." } }',
);

export const checkJobs: Check = (jobs, path, faults) => {
  const before = faults.found.length;
  checkEachJob(jobs, path, faults);
  if (faults.found.length > before) return;
  const entries = Object.keys(jobs as object);
  if (entries.length > MAX_JOBS) faults.add(path, `has ${entries.length} jobs; ${MAX_JOBS} at most.`);
  // All jobs share one histogram.
  if (entries.length > 0) boundBuckets(jobBuckets(jobs as Parameters<typeof jobBuckets>[0]), path, faults);
};

const ingested = {
  help,
  labels: checkLabels,
  type: required(
    oneOf(["counter", "gauge", "histogram"], { summary: "histogram" }),
    '"counter", "gauge" or "histogram"',
  ),
};
const INGESTED = '{ help: "Response time.", type: "gauge", unit: "seconds" }';

const checkCounter = object(
  { ...ingested, unit: units, name: checkFamilyName("counter") },
  {
    example: INGESTED,
    explain: explainBuckets,
    together: checkIngestedEntry,
  },
);
const checkIngestedGauge = object(
  { ...ingested, unit: units, name: checkFamilyName("gauge") },
  { example: INGESTED, explain: explainBuckets, together: checkIngestedEntry },
);
const checkHistogram = object(
  { ...ingested, unit, buckets, name: checkFamilyName("histogram") },
  { example: INGESTED, together: checkIngestedEntry },
);

function explainBuckets(key: string): string | undefined {
  return key === "buckets" ? 'Only type: "histogram" has buckets.' : undefined;
}

function checkIngestedEntry(entry: Entry, path: Path, faults: Faults): void {
  boundLabels(entry["labels"], path, faults);
  if (entry["name"] === undefined) checkSuffix(entry["unit"], path, faults);
  checkNamedUnit(entry, path, faults);
}

export const checkIngested: Check = record(
  checkIngestedName,
  (entry, path, faults) => {
    const { type } = (entry ?? {}) as Entry;
    const check =
      type === "histogram" ? checkHistogram : type === "gauge" ? checkIngestedGauge : checkCounter;
    check(entry, path, faults);
  },
  `{ "api.response_time": ${INGESTED} }`,
);
