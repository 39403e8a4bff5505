import {
  type ActionSpec,
  type Catalog,
  type ConversionSpec,
  MAX_AMOUNT,
  type MeasurementSpec,
  type WebVitalRating,
} from "@rumkit/protocol";
import { isRejection, Rejection } from "../ingest/rejection.ts";
import { asksForExperience, familyName, moneyFamilyName } from "../metrics/describeCatalogMetrics.ts";
import { UNKNOWN } from "../metrics/labelValues.ts";
import type { Sample } from "../metrics/sample.ts";
import { type CallDetails, pickLabels } from "./labels.ts";

/** Who reports: what one side declares the other may not claim. */
type Side = "page" | "backend";

/** Money of a conversion, already an integer of minor units. */
interface Money {
  readonly amount: number;
  readonly currency: string;
}

/** What a conversion carries besides its details. */
interface Claim extends Partial<Money> {
  /** What the session had experienced: of pages, and of the backend where the catalogue asks for it. */
  readonly experience?: WebVitalRating;
}

/** Turns calls by name into samples, or says why they cannot be counted. Never throws. */
export interface CatalogEntries {
  action(side: Side, name: string, details: CallDetails, times: number): readonly Sample[] | Rejection;
  conversion(
    side: Side,
    name: string,
    claim: Claim,
    details: CallDetails,
    times: number,
  ): readonly Sample[] | Rejection;
  /** Money of a conversion that is paid back: only a backend knows that. */
  refund(name: string, money: Partial<Money>): readonly Sample[] | Rejection;
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

/** Looks names up in the catalogue: a `Map` lookup a call, whatever the names are. */
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
    refund: (name, { amount, currency }) => {
      const spec = find(conversions, "conversion", "backend", name);
      if (isRejection(spec)) return spec;
      const fault = moneyFault(name, spec.value?.money, amount, currency);
      if (fault) return fault;
      const labels = { conversion: name, currency: String(currency) };
      return [
        { metric: "refunds_total", labels, value: Number(amount) },
        { metric: "conversions_refunded_total", labels, value: 1 },
      ];
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
    const known = [...entries.keys()].join(", ") || "none";
    return new Rejection(
      "unknown_name",
      `The catalogue has no ${kind} "${name.slice(0, 128)}". Known: ${known}.`,
    );
  }
  const from = spec.from ?? "page";
  if (side === "page" && from === "server") {
    return new Rejection("server_only", `The ${kind} "${name}" is reported by the server only.`);
  }
  if (side === "backend" && from === "page") {
    return new Rejection(
      "unknown_name",
      `The ${kind} "${name}" is reported by pages. Declare it with from: "server".`,
    );
  }
  return spec;
}

function convert(
  side: Side,
  name: string,
  spec: ConversionSpec,
  { amount, currency, experience }: Claim,
  details: CallDetails,
  times: number,
): readonly Sample[] | Rejection {
  const picked = pickLabels(spec.labels, details);
  if (isRejection(picked)) return picked;
  const told = { experience: experience ?? UNKNOWN };
  const isAsked = asksForExperience(spec);
  const counted: Sample = {
    metric: familyName(side, "conversions_total"),
    labels: { conversion: name, ...picked.labels, ...((side === "page" || isAsked) && told) },
    value: 1,
    times,
  };
  const money = spec.value?.money;
  const standard = standardSample(spec, times);
  if (!money && amount === undefined) return [counted, ...standard];
  const fault = moneyFault(name, money, amount, currency);
  if (fault) return fault;
  const labels = { conversion: name, currency: String(currency), ...(isAsked && told) };
  return [counted, ...standard, { metric: moneyFamilyName(side), labels, value: Number(amount), times }];
}

/** Why an amount cannot be counted; undefined where it can. */
function moneyFault(
  name: string,
  money: readonly string[] | undefined,
  amount: number | undefined,
  currency: string | undefined,
): Rejection | undefined {
  if (!money) return new Rejection("bad_amount", `"${name}" carries no money.`);
  if (amount === undefined) return new Rejection("bad_amount", `"${name}" needs a value and a currency.`);
  if (!(amount >= 0 && amount <= MAX_AMOUNT)) {
    return new Rejection("bad_amount", `"${name}" carries no amount of ${currency ?? "no currency"}.`);
  }
  if (currency === undefined || !money.includes(currency)) {
    return new Rejection(
      "bad_currency",
      `"${name}" is paid in ${money.join(", ")}, not "${currency ?? "nothing"}".`,
    );
  }
  return undefined;
}

/** The family that every board knows, where the entry names one. Only entries of the server do. */
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
    return new Rejection("bad_number", `"${name}" has to be a number that is not negative, not ${value}.`);
  }
  const picked = pickLabels(spec.labels, details);
  if (isRejection(picked)) return picked;
  return [{ metric: familyName(side, `${name}_${spec.unit}`), labels: picked.labels, value, times }];
}
