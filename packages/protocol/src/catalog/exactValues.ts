import type { Mistake, Told } from "./mistake.ts";

/*
 * Values of a catalog that the compiler can see, because they are literal: names, label values, currencies, shares and
 * steps. A value of type `string` or `number` is checked when the collector starts, as are all rules that types cannot
 * express.
 */

/** `Checked` if the name of an entry is in snake_case. */
export type Named<Name, Given, Checked> = Name extends string
  ? string extends Name
    ? Checked
    : Name extends Lowercase<Name>
      ? Name extends `${string}${"-" | " "}${string}`
        ? Told<Given, `"${Name}" must be in snake_case, e.g. add_to_cart.`>
        : Checked
      : Told<Given, `"${Name}" must be in snake_case, e.g. add_to_cart.`>
  : Checked;

/** Labels that the families of entries already have, or that Prometheus sets. */
type ReservedLabel =
  | "action"
  | "conversion"
  | "experience"
  | "currency"
  | "value"
  | "id"
  | "job"
  | "instance"
  | "le"
  | "quantile"
  | `exported_${string}`
  | `__${string}`;

/** Labels with free names, and at least one value each. */
export type ExactLabels<Given> = {
  readonly [Label in keyof Given]: Label extends ReservedLabel
    ? Told<Given[Label], `"${Label}" is a reserved label name. Take another, e.g. item_${Label}.`>
    : Given[Label] extends readonly []
      ? Told<Given[Label], 'Name all values of the label, e.g. ["books", "games"].'>
      : Given[Label];
};

/** Bucket edges, at least one. */
export type ExactBuckets<Given> = Given extends readonly []
  ? Told<Given, "Name the upper edges of the buckets, e.g. [0.1, 0.5, 1].">
  : Given;

/** Currency codes in capitals, at least one. */
export type ExactCurrencies<Given> = Given extends readonly []
  ? Told<Given, 'Name the currencies that may come, e.g. ["USD"].'>
  : { readonly [Index in keyof Given]: ExactCurrency<Given[Index]> };

type ExactCurrency<Given> = Given extends string
  ? string extends Given
    ? Given
    : Given extends Uppercase<Given>
      ? Given
      : Mistake<`A currency is a code of ISO 4217: "${Uppercase<Given>}".`>
  : Given;

/** Labels by which money is counted: those of the same conversion. */
export type ExactBy<Given, Label> = {
  readonly [Index in keyof Given]: Given[Index] extends Label
    ? Given[Index]
    : string extends Given[Index]
      ? Given[Index]
      : Mistake<`value.by names labels of the conversion: ${Label & string}.`>;
};

/** A share above 0 and below 1. */
export type ExactShare<Given> = Given extends number
  ? number extends Given
    ? Given
    : `${Given}` extends `0.${string}` | `${string}e-${string}`
      ? Given
      : Mistake<"A share is between 0 and 1, e.g. 0.75.">
  : Given;

/** Patterns of pages, which begin with a slash. */
export type ExactRoutes<Given> = { readonly [Index in keyof Given]: ExactRoute<Given[Index]> };

type ExactRoute<Given> = Given extends string
  ? string extends Given
    ? Given
    : Given extends `/${string}`
      ? Given
      : Mistake<`A route begins with "/": "/${Given}".`>
  : Given;

/** Names of a part of the catalog. */
type NamesIn<Given, Part extends string> =
  Given extends Readonly<Record<Part, infer Entries>> ? keyof Entries & string : never;

/** Steps of funnels that the catalog declares. */
type StepOf<Given> =
  | (Given extends { readonly routes: readonly (infer Route extends string)[] }
      ? `page_view:${Route}`
      : never)
  | `action:${NamesIn<Given, "actions">}`
  | `conversion:${NamesIn<Given, "conversions">}`
  | `feature:${NamesIn<Given, "features">}`;

/** Funnels whose steps the catalog declares. */
export type ExactFunnels<Given, All> = {
  readonly [Name in keyof Given]: ExactSteps<Given[Name], StepOf<All>>;
};

type ExactSteps<Given, Step> = { readonly [Index in keyof Given]: ExactStep<Given[Index], Step> };

type ExactStep<Given, Step> = Given extends Step
  ? Given
  : string extends Given
    ? Given
    : Mistake<`"${Given & string}" is not declared. Steps are page_view:/cart, action:…, conversion:…, feature:….`>;
