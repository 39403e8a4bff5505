import {
  type ActionSpec,
  type Catalog,
  type ConversionSpec,
  type MeasurementSpec,
  type WebVitalRating,
} from "@rumkit/protocol";
import { isRejection, Rejection } from "../base/rejection.ts";
import {
  asksForExperience,
  familyName,
  moneyFamilyName,
  WITHOUT_AMOUNT,
} from "../catalog/describeCatalogMetrics.ts";
import { UNKNOWN } from "../metrics/labelValues.ts";
import type { Sample } from "../metrics/sample.ts";
import type { Money } from "./claimMoney.ts";
import { type CallDetails, pickLabels } from "./labels.ts";
import { unknownName } from "./unknownName.ts";

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

/** Looks names up in the catalog: one `Map` lookup per call. */
export function createCatalogEntries(catalog: Catalog): CatalogEntries {
  const actions = new Map(Object.entries(catalog.actions ?? {}));
  const conversions = new Map(Object.entries(catalog.conversions ?? {}));
  const measurements = new Map(Object.entries(catalog.measurements ?? {}));
  return {
    action: (side, name, details, times) => {
      const spec = find(actions, "action", side, name);
      if (isRejection(spec)) return spec;
      const picked = pickLabels(spec.labels, details);
      if (isRejection(picked)) return picked;
      return [
        {
          metric: familyName(side, "actions_total"),
          labels: { action: name, ...picked.labels },
          value: 1,
          times,
        },
        ...standardSample(spec, times),
      ];
    },
    conversion: (side, name, claim, details, times) => {
      const spec = find(conversions, "conversion", side, name);
      if (isRejection(spec)) return spec;
      return convert(side, name, spec, claim, details, times);
    },
    refund: (name, money) => {
      const spec = find(conversions, "conversion", "backend", name);
      if (isRejection(spec)) return spec;
      if (!spec.value?.money) return withoutMoney(`trackRefund("${name}")`);
      return refund(name, checkMoney(`trackRefund("${name}")`, spec.value.money, money));
    },
    measurement: (side, name, value, details, times) => {
      const spec = find(measurements, "measurement", side, name);
      if (isRejection(spec)) return spec;
      return measure(side, name, spec, value, details, times);
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
  if (!spec) {
    return unknownName(kind, name, () => knownNames(entries, side));
  }
  const from = spec.from ?? "page";
  if (side === "page" && from === "server") {
    return new Rejection("server_only", () => `The ${kind} "${name}" is reported by the server only.`);
  }
  if (side === "backend" && from === "page") {
    return new Rejection(
      "unknown_name",
      () => `The ${kind} "${name}" is reported by pages. Declare it with from: "server".`,
    );
  }
  return spec;
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
  const picked = pickLabels(spec.labels, details);
  if (isRejection(picked)) return picked;
  const experienceLabel = { experience: experience ?? UNKNOWN };
  const isAsked = asksForExperience(spec);
  const counted: Sample = {
    metric: familyName(side, "conversions_total"),
    labels: { conversion: name, ...picked.labels, ...((side === "page" || isAsked) && experienceLabel) },
    value: 1,
    times,
  };
  const samples = [counted, ...standardSample(spec, times)];
  if (!spec.value?.money && given === undefined) return { samples };
  const money = checkMoney(`trackConversion("${name}")`, spec.value?.money, given);
  if (isRejection(money)) {
    const labels = { conversion: name, reason: money.code };
    const marked = { metric: familyName(side, WITHOUT_AMOUNT), labels, value: 1, times };
    return { samples: [...samples, marked], withoutAmount: money };
  }
  const labels = { conversion: name, currency: money.currency, ...(isAsked && experienceLabel) };
  return { samples: [...samples, { metric: moneyFamilyName(side), labels, value: money.amount, times }] };
}

/** Counts refunds without a valid amount separately, because they may have no currency either. */
function refund(name: string, money: GoodMoney | Rejection): Paid {
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
function checkMoney(call: string, money: readonly string[] | undefined, given: Money): GoodMoney | Rejection {
  if (!money) return withoutMoney(call);
  const known = (): string => money.join(", ");
  if (given === undefined)
    return new Rejection(
      "bad_amount",
      () => `${call}: value and currency are missing. Its currencies: ${known()}.`,
    );
  if (isRejection(given)) return new Rejection(given.code, () => `${call}: ${given.message}.`);
  if (!money.includes(given.currency)) {
    return new Rejection(
      "bad_currency",
      () =>
        `${call}: ${JSON.stringify(given.currency.slice(0, 40))} is not among its currencies: ${known()}.`,
    );
  }
  return given;
}

function withoutMoney(call: string): Rejection {
  return new Rejection(
    "bad_amount",
    `${call}: the catalog declares no money for it. Add value: { money: ["USD"] }.`,
  );
}

/** Returns the sample of the standard family, if the entry names one. Only entries of the server do. */
function standardSample({ family }: ActionSpec, times: number): Sample[] {
  return family === undefined ? [] : [{ metric: family, labels: {}, value: 1, times }];
}

function measure(
  side: Side,
  name: string,
  spec: MeasurementSpec,
  value: number,
  details: CallDetails,
  times: number,
): readonly Sample[] | Rejection {
  if (!(Number.isFinite(value) && value >= 0)) {
    return new Rejection(
      "bad_number",
      () => `"${name}" must be a number that is not negative, not ${value}.`,
    );
  }
  const picked = pickLabels(spec.labels, details);
  if (isRejection(picked)) return picked;
  return [{ metric: familyName(side, `${name}_${spec.unit}`), labels: picked.labels, value, times }];
}
