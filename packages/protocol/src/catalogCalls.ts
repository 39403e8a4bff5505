import type { Catalog, ConversionSpec, LabelSpec } from "./catalog.ts";

/** A free value: it reaches the live tail and the log, never a label. */
export type AttributeValue = string | number | boolean | null | undefined;

/** Free values by name. */
export type Attributes = Readonly<Record<string, AttributeValue>>;

type Labels<S> = S extends { readonly labels: infer L extends LabelSpec }
  ? { readonly [K in keyof L]: L[K][number] }
  : unknown;

type Money<S> = S extends { readonly value: { readonly money: readonly (infer Currency)[] } }
  ? { readonly value: number; readonly currency: Currency }
  : unknown;

/** The flat object of a call: declared keys are labels, all others are attributes. */
export type Details<S> = Attributes & Labels<S>;

/** What follows the name in `trackAction`, and the value in `measure`. */
export type DetailsArguments<S> = S extends { readonly labels: LabelSpec }
  ? [details: Details<S>]
  : [details?: Attributes];

/** What follows the name in `trackConversion`. */
export type ConversionArguments<S> = S extends { readonly value: { readonly money: readonly string[] } }
  ? [details: Details<S> & Money<S>]
  : S extends { readonly labels: LabelSpec }
    ? [details: Details<S>]
    : [valueOrDetails?: number | Attributes];

type Entry<Group, Name> = Name extends keyof Group ? Group[Name] : never;

/** The names and the entry of one group of a catalogue; every string where the catalogue is not typed. */
type Group<C extends Catalog, Kind extends "actions" | "conversions" | "measurements"> = NonNullable<C[Kind]>;

export type RouteOf<C extends Catalog> = C["routes"][number];

export type ActionName<C extends Catalog> = keyof Group<C, "actions"> & string;
export type ActionEntry<C extends Catalog, Name> = Entry<Group<C, "actions">, Name>;

export type ConversionName<C extends Catalog> = keyof Group<C, "conversions"> & string;
export type ConversionEntry<C extends Catalog, Name> = Entry<Group<C, "conversions">, Name>;

/** The conversions that a page may report: those that are not `from: "server"`. */
export type PageConversionName<C extends Catalog> = {
  [Name in ConversionName<C>]: ConversionEntry<C, Name> extends { readonly from: "server" } ? never : Name;
}[ConversionName<C>];

export type MeasurementName<C extends Catalog> = keyof Group<C, "measurements"> & string;
export type MeasurementEntry<C extends Catalog, Name> = Entry<Group<C, "measurements">, Name>;

/** What server code passes to `trackConversion`. */
export type ServerConversionArguments<S> = S extends ConversionSpec
  ? S extends { readonly value: { readonly money: readonly string[] } }
    ? [details: Details<S> & Money<S> & { readonly id?: string }]
    : S extends { readonly labels: LabelSpec }
      ? [details: Details<S> & { readonly id?: string }]
      : [details?: Attributes]
  : never;
