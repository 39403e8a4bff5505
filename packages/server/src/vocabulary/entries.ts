import { type ActionSpec, type Catalog, type ConversionSpec, type WebVitalRating } from "@rumkit/protocol";
import { isRejection, Rejection } from "../base/rejection.ts";
import {
  asksForExperience,
  familyName,
  measurementFamilyName,
  moneyFamilyName,
  WITHOUT_AMOUNT,
} from "../catalog/describeCatalogMetrics.ts";
import { UNKNOWN } from "../metrics/labelValues.ts";
import type { Sample } from "../metrics/sample.ts";
import type { Money } from "./claimMoney.ts";
import { type CallDetails, pickLabels, unknownName } from "./labels.ts";

/** The reporting side. An entry that one side declares cannot be reported by the other. */
type Side = "page" | "backend";

/** The fields of a conversion apart from its details. */
interface Claim {
  readonly money: Money;
  /** The rating that the session had experienced: from pages, and from the backend if the catalog asks for it. */
  readonly experience?: WebVitalRating | undefined;
}

/**
 * The samples of a conversion or a refund. It counts even if its amount cannot be counted: `withoutAmount` is the reason
 * then.
 */
export interface Paid {
  readonly samples: readonly Sample[];
  readonly withoutAmount?: Rejection;
}

/** Turns calls by name into samples or a rejection. Never throws. */
export interface CatalogEntries {
  action(side: Side, name: string, details: CallDetails, times: number): readonly Sample[] | Rejection;
  conversion(side: Side, name: string, claim: Claim, details: CallDetails, times: number): Paid | Rejection;
  /** A refund of a conversion: only a backend reports it. */
  refund(name: string, money: Money): Paid | Rejection;
  measurement(
    side: Side,
    name: string,
    value: number,
    details: CallDetails,
    times: number,
  ): readonly Sample[] | Rejection;
}

interface Spec {
  readonly from?: "page" | "server";
}

/** The name of a family for each side, so that no call has to build it. */
type FamilyNames = Readonly<Record<Side, string>>;

function familyNames(rest: string): FamilyNames {
  return { page: familyName("page", rest), backend: familyName("backend", rest) };
}

const ACTIONS = familyNames("actions_total");
const CONVERSIONS = familyNames("conversions_total");
const UNCOUNTED = familyNames(WITHOUT_AMOUNT);

/** Looks names up in the catalog: one `Map` lookup per call. */
export function createCatalogEntries(catalog: Catalog): CatalogEntries {
  const actions = new Map(Object.entries(catalog.actions ?? {}));
  const conversions = new Map(Object.entries(catalog.conversions ?? {}));
  const measurements = new Map(
    Object.entries(catalog.measurements ?? {}).map(([name, spec]) => [
      name,
      { ...spec, metric: measurementFamilyName(name, spec) },
    ]),
  );
  return {
    action: (side, name, details, times) => {
      const spec = find(actions, "action", side, name);
      if (isRejection(spec)) return spec;
      const labels = pickLabels(spec.labels, details, { action: name });
      if (isRejection(labels)) return labels;
      return withNamed([{ metric: ACTIONS[side], labels, value: 1, times }], spec);
    },
    conversion: (side, name, claim, details, times) => {
      const spec = find(conversions, "conversion", side, name);
      if (isRejection(spec)) return spec;
      return convert(side, name, spec, claim, details, times);
    },
    refund: (name, money) => {
      const spec = find(conversions, "conversion", "backend", name);
      if (isRejection(spec)) return spec;
      return refund(name, spec, money);
    },
    measurement: (side, name, value, details, times) => {
      const spec = find(measurements, "measurement", side, name);
      if (isRejection(spec)) return spec;
      if (!(Number.isFinite(value) && value >= 0)) return notMeasured(name, value);
      const labels = pickLabels(spec.labels, details);
      if (isRejection(labels)) return labels;
      return [{ metric: spec.metric, labels, value, times }];
    },
  };
}

function find<S extends Spec>(
  entries: ReadonlyMap<string, S>,
  kind: string,
  side: Side,
  name: string,
): S | Rejection {
  const spec = entries.get(name);
  const from = spec?.from ?? "page";
  return spec && (from === "page") === (side === "page") ? spec : refuseName(spec, entries, kind, side, name);
}

/** Separate, because V8 allocates what a closure captures even if the closure is never created. */
function refuseName(
  spec: Spec | undefined,
  entries: ReadonlyMap<string, Spec>,
  kind: string,
  side: Side,
  name: string,
): Rejection {
  if (!spec) return unknownName(kind, name, () => knownNames(entries, side));
  return side === "page"
    ? new Rejection("server_only", () => `The ${kind} "${name}" is reported by the server only.`)
    : new Rejection(
        "unknown_name",
        () => `The ${kind} "${name}" is reported by pages. Declare it with from: "server".`,
      );
}

function notMeasured(name: string, value: number): Rejection {
  return new Rejection("bad_number", () => `"${name}" must be a number that is not negative, not ${value}.`);
}

/** Returns the names that one side may report, so that messages to pages do not reveal the names of server entries. */
function knownNames(entries: ReadonlyMap<string, Spec>, side: Side): string[] {
  const from = side === "page" ? "page" : "server";
  return [...entries].filter(([, spec]) => (spec.from ?? "page") === from).map(([name]) => name);
}

function convert(
  side: Side,
  name: string,
  spec: ConversionSpec,
  { money: given, experience }: Claim,
  details: CallDetails,
  times: number,
): Paid | Rejection {
  const counted: Record<string, string> = { conversion: name };
  const picked = pickLabels(spec.labels, details, counted);
  if (isRejection(picked)) return picked;
  const isAsked = asksForExperience(spec);
  if (side === "page" || isAsked) counted["experience"] = experience ?? UNKNOWN;
  const samples = withNamed([{ metric: CONVERSIONS[side], labels: counted, value: 1, times }], spec);
  if (!spec.value?.money && given === undefined) return { samples };
  const money = checkMoney("trackConversion", name, spec.value?.money, given);
  if (isRejection(money)) {
    const labels = { conversion: name, reason: money.code };
    samples.push({ metric: UNCOUNTED[side], labels, value: 1, times });
    return { samples, withoutAmount: money };
  }
  const labels: Record<string, string> = { conversion: name, currency: money.currency };
  for (const label of spec.value?.by ?? []) labels[label] = counted[label] ?? "";
  if (isAsked) labels["experience"] = experience ?? UNKNOWN;
  samples.push({ metric: moneyFamilyName(side), labels, value: money.amount, times });
  return { samples };
}

/** Counts refunds without a valid amount separately, because they may have no currency either. */
function refund(name: string, { value }: ConversionSpec, given: Money): Paid | Rejection {
  if (!value?.money) return withoutMoney("trackRefund", name);
  const money = checkMoney("trackRefund", name, value.money, given);
  if (isRejection(money)) {
    const labels = { conversion: name, reason: money.code };
    return {
      samples: [{ metric: "refunds_without_amount_total", labels, value: 1 }],
      withoutAmount: money,
    };
  }
  const labels = { conversion: name, currency: money.currency };
  return {
    samples: [
      { metric: "refunds_total", labels, value: money.amount },
      { metric: "conversions_refunded_total", labels, value: 1 },
    ],
  };
}

type GoodMoney = Exclude<NonNullable<Money>, Rejection>;

/** The money of a call, or the reason why it cannot be counted. */
function checkMoney(
  call: string,
  name: string,
  money: readonly string[] | undefined,
  given: Money,
): GoodMoney | Rejection {
  if (!money) return withoutMoney(call, name);
  const isGood = given !== undefined && !isRejection(given) && money.includes(given.currency);
  return isGood ? given : refuseMoney(`${call}("${name}")`, money, given);
}

function refuseMoney(call: string, money: readonly string[], given: Money): Rejection {
  const known = (): string => money.join(", ");
  if (given === undefined)
    return new Rejection(
      "bad_amount",
      () => `${call}: value and currency are missing. Its currencies: ${known()}.`,
    );
  if (isRejection(given)) return new Rejection(given.code, () => `${call}: ${given.message}.`);
  const { currency } = given;
  return new Rejection(
    "bad_currency",
    () => `${call}: ${JSON.stringify(currency.slice(0, 40))} is not among its currencies: ${known()}.`,
  );
}

function withoutMoney(call: string, name: string): Rejection {
  return new Rejection(
    "bad_amount",
    `${call}("${name}"): the catalog declares no money for it. Add value: { money: ["USD"] }.`,
  );
}

/** Adds the samples of the families that the entry names: the standard one without labels, and its own. */
function withNamed(samples: Sample[], { family, name, labels = {} }: ActionSpec): Sample[] {
  const { labels: counted, times = 1 } = samples[0]!;
  if (family !== undefined) samples.push({ metric: family, labels: {}, value: 1, times });
  if (name === undefined) return samples;
  const own = Object.fromEntries(Object.keys(labels).map((label) => [label, counted[label]!]));
  samples.push({ metric: name, labels: own, value: 1, times });
  return samples;
}
