import type { AlertCondition, AlertSpec } from "./alertSpec.ts";
import type { Catalog, HttpSpec } from "./catalog.ts";
import type {
  ActionSpec,
  AliasSpec,
  ConversionSpec,
  FeatureSpec,
  GaugeSpec,
  IngestedSpec,
  JobNames,
  JobSpec,
  MeasurementSpec,
} from "./entrySpecs.ts";
import type {
  ExactBuckets,
  ExactBy,
  ExactCurrencies,
  ExactFunnels,
  ExactLabels,
  ExactRoutes,
  ExactShare,
  Named,
} from "./exactValues.ts";
import type { Mistake, Told } from "./mistake.ts";
import type { LiveActivitySpec, LiveCardSpec, LiveChartSpec, LiveSpec } from "./liveSpec.ts";

/** The keys of all members of a union. */
type KeysOf<T> = T extends unknown ? keyof T : never;

/**
 * The known key that begins like a misspelled one. Types can compare first letters, but cannot compute an edit
 * distance.
 */
type Meant<Key, Known> = Key extends `${infer First}${infer Second}${string}`
  ? Extract<Known, `${First}${Second}${string}`>
  : never;

type UnknownKey<Key, Given, Known, List extends string> = Key extends string
  ? [Meant<Key, Known>] extends [never]
    ? Told<Given, `"${Key}" is unknown here. Known: ${List}.`>
    : Told<Given, `"${Key}" is unknown here. Did you mean "${Meant<Key, Known> & string}"?`>
  : never;

/** `Given` with a message for every key that `Shape` does not have. Keys that are not literal are allowed. */
type NoExtra<Given, Shape, List extends string> = {
  readonly [Key in keyof Given]: Key extends KeysOf<Shape>
    ? Given[Key]
    : string extends Key
      ? Given[Key]
      : UnknownKey<Key, Given[Key], KeysOf<Shape>, List>;
};

/** The same for each entry of a group. */
type Entries<Group, Shape, List extends string> = {
  readonly [Name in keyof Group]: NoExtra<Group[Name], Shape, List>;
};

/** An entry without unknown keys, whose labels and buckets are such. */
type ExactEntry<Given, Shape, List extends string> = {
  readonly [Key in keyof Given]: Key extends "labels" & KeysOf<Shape>
    ? ExactLabels<Given[Key]>
    : Key extends "buckets" & KeysOf<Shape>
      ? ExactBuckets<Given[Key]>
      : NoExtra<Given, Shape, List>[Key];
};

/** The same for each entry of a group with names in snake_case. */
type NamedEntries<Group, Shape, List extends string> = {
  readonly [Name in keyof Group]: Named<Name, Group[Name], ExactEntry<Group[Name], Shape, List>>;
};

/** The labels of an entry. */
type LabelOf<Given> = Given extends { readonly labels: infer Labels } ? keyof Labels : never;

/** The money of a conversion with these labels. */
type ExactMoney<Given, Label> = {
  readonly [Key in keyof Given]: Key extends "money"
    ? ExactCurrencies<Given[Key]>
    : Key extends "by"
      ? ExactBy<Given[Key], Label>
      : NoExtra<Given, { money: unknown; by: unknown }, "money, by">[Key];
};

type ConversionKeys = "help, labels, from, family, name, value, experience, primary";

/** A conversion, and the money in it. */
type ExactConversion<Given> = {
  readonly [Key in keyof Given]: Key extends "value"
    ? ExactMoney<Given[Key], LabelOf<Given>>
    : ExactEntry<Given, ConversionSpec, ConversionKeys>[Key];
};

/** A job, and the names of its families. */
type ExactJob<Given> = {
  readonly [Key in keyof Given]: Key extends "names"
    ? NoExtra<Given[Key], JobNames, "accepted, inFlight, duration, outcomeLabel">
    : ExactEntry<Given, JobSpec, "help, buckets, names">[Key];
};

type GaugeKeys = "help, labels, unit, outOf, processes, name";

/** A gauge, whose `outOf` names another one. */
type ExactGauge<Given, Names> = {
  readonly [Key in keyof Given]: Key extends "outOf"
    ? Given[Key] extends Names | undefined
      ? Given[Key]
      : Mistake<`outOf names another gauge of the catalog: ${Names & string}.`>
    : ExactEntry<Given, GaugeSpec, GaugeKeys>[Key];
};

type AlertKeys = "when, for, keepFiringFor, severity, team, summary, runbook";

type ConditionKinds = "rate, increase, ratio, quantile, share, gauge, absent or slowPagesCost";

/** An alert, and its condition. `false` turns a default alert off. */
type ExactAlert<Given> = Given extends object
  ? {
      readonly [Key in keyof Given]: Key extends "when"
        ? NoExtra<Given[Key], AlertCondition, ConditionKinds>
        : NoExtra<Given, AlertSpec, AlertKeys>[Key];
    }
  : Given;

type CardKinds =
  "rate, increase, money, ratio, quantile, gauge or figure; and title, help, warning, critical";

/** The cards, the charts and the table of the live page. */
type ExactLive<Given> = {
  readonly [Key in keyof Given]: Key extends "cards"
    ? Entries<Given[Key], LiveCardSpec, CardKinds>
    : Key extends "charts"
      ? Entries<Given[Key], LiveChartSpec, CardKinds>
      : Key extends "activity"
        ? NoExtra<Given[Key], LiveActivitySpec, "title, events, columns">
        : NoExtra<Given, LiveSpec, "cards, charts, activity">[Key];
};

/** The keys of an objective. */
type Objective = { vital: unknown; below: unknown; ratio: unknown } | { http: unknown };

/** An objective, whose shares are between 0 and 1. */
type ExactObjective<Given> = {
  readonly [Key in keyof Given]: Key extends "ratio"
    ? ExactShare<Given[Key]>
    : Key extends "http"
      ? ExactHttpObjective<Given[Key]>
      : NoExtra<Given, Objective, "vital, below, ratio; or http">[Key];
};

type ExactHttpObjective<Given> = {
  readonly [Key in keyof Given]: Key extends "errorsBelow"
    ? ExactShare<Given[Key]>
    : NoExtra<Given, { errorsBelow: unknown }, "errorsBelow">[Key];
};

/** Each part of a catalog, with messages for the keys that are unknown in it. */
interface ExactParts<Given> {
  routes: ExactRoutes<Given>;
  actions: NamedEntries<Given, ActionSpec, "help, labels, from, family, name; money is in conversions">;
  conversions: {
    readonly [Name in keyof Given]: Named<Name, Given[Name], ExactConversion<Given[Name]>>;
  };
  measurements: NamedEntries<Given, MeasurementSpec, "help, labels, from, family, unit, buckets, name">;
  features: NamedEntries<Given, FeatureSpec, "help">;
  jobs: { readonly [Name in keyof Given]: Named<Name, Given[Name], ExactJob<Given[Name]>> };
  gauges: {
    readonly [Name in keyof Given]: Named<Name, Given[Name], ExactGauge<Given[Name], keyof Given>>;
  };
  ingested: {
    readonly [Name in keyof Given]: ExactEntry<
      Given[Name],
      IngestedSpec,
      "help, labels, type, unit, buckets, name"
    >;
  };
  objectives: { readonly [Name in keyof Given]: Named<Name, Given[Name], ExactObjective<Given[Name]>> };
  alerts: { readonly [Name in keyof Given]: ExactAlert<Given[Name]> };
  aliases: {
    readonly [Name in keyof Given]: Given[Name] extends object
      ? NoExtra<Given[Name], AliasSpec, "of, labels">
      : Given[Name];
  };
  http: NoExtra<Given, HttpSpec, "names, status, buckets">;
  live: ExactLive<Given>;
  learnRoutes: Given extends object ? NoExtra<Given, { max: unknown }, "max"> : Given;
  learnNames: Given extends object ? NoExtra<Given, { max: unknown }, "max"> : Given;
}

type Parts =
  "app, routes, actions, conversions, measurements, features, jobs, gauges, ingested, endpoints, …";

/**
 * The catalog itself if each of its keys is known. Else a type that no value has, whose message names the wrong key
 * and the likely one. `extends Catalog` alone would allow unknown keys, and their content would not be counted.
 */
export type ExactCatalog<C extends Catalog> = {
  readonly [Key in keyof C]: Key extends keyof Catalog
    ? Key extends "funnels"
      ? ExactFunnels<C[Key], C>
      : Key extends keyof ExactParts<unknown>
        ? ExactParts<C[Key]>[Key]
        : C[Key]
    : UnknownKey<Key, C[Key], keyof Catalog, Parts>;
};
