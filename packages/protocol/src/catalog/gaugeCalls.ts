import type { Catalog } from "./catalog.ts";
import type { DeclaredLabels } from "./catalogCalls.ts";
import type { LabelSpec } from "./entrySpecs.ts";
import type { Mistake } from "./mistake.ts";

/** The gauges of a catalog; every name if the catalog is not typed. */
type Gauges<C extends Catalog> = NonNullable<C["gauges"]>;

type Entry<C extends Catalog, Name> = Name extends keyof Gauges<C> ? Gauges<C>[Name] : never;

/** The gauges that server code may set: every name if the catalog is not typed. */
export type GaugeName<C extends Catalog> = string extends keyof Gauges<C> ? string : keyof Gauges<C> & string;

/** The compiler's message for a gauge's name if the catalog declares none, instead of `never`. */
export type NoGauges<C extends Catalog> = [keyof Gauges<C>] extends [never]
  ? Mistake<"The catalog declares no gauges.">
  : never;

/** The declared labels of a gauge, each with one of its values; of any gauge if the catalog is not typed. */
export type GaugeLabels<C extends Catalog, Name> = string extends keyof Gauges<C>
  ? Readonly<Record<string, string>>
  : DeclaredLabels<Entry<C, Name>>;

type HasLabels<C extends Catalog, Name> =
  Entry<C, Name> extends { readonly labels: LabelSpec } ? true : false;

/** The arguments after the value in `setGauge`. */
export type GaugeArguments<C extends Catalog, Name> = string extends keyof Gauges<C>
  ? [labels?: GaugeLabels<C, Name>]
  : HasLabels<C, Name> extends true
    ? [labels: GaugeLabels<C, Name>]
    : [labels?: Mistake<"This gauge has no labels: declare them in the catalog.">];

/** One value of a gauge with labels. */
export interface GaugeValue<L> {
  readonly labels: L;
  readonly value: number;
}

/**
 * The function that `observeGauge` takes, by the gauge: it returns the value, or with labels the value of each label set.
 * A record, because texts in a function's body keep their literal types then.
 */
export type GaugeReaders<C extends Catalog> = {
  readonly [Name in GaugeName<C>]: string extends keyof Gauges<C>
    ? () => number | Iterable<GaugeValue<Readonly<Record<string, string>>>>
    : HasLabels<C, Name> extends true
      ? () => Iterable<GaugeValue<GaugeLabels<C, Name>>>
      : () => number;
};
