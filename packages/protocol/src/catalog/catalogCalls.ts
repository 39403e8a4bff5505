import type { Amount } from "../values/amount.ts";
import type { Catalog } from "./catalog.ts";
import type { LabelSpec } from "./entrySpecs.ts";
import type { Mistake } from "./mistake.ts";
import type { WebVitalRating } from "../values/webVitals.ts";

/** The value of an attribute: it reaches the live tail and the log, never a label. */
export type AttributeValue = string | number | boolean | null | undefined;

/** Attributes by name. */
export type Attributes = Readonly<Record<string, AttributeValue>>;

/** The declared labels of an entry, each with one of its values. */
export type DeclaredLabels<S> = S extends { readonly labels: infer L extends LabelSpec }
  ? { readonly [K in keyof L]: L[K][number] }
  : unknown;

type Money<S, Value> = S extends { readonly value: { readonly money: readonly (infer Currency)[] } }
  ? { readonly value: Value; readonly currency: Currency }
  : unknown;

/** Money that a page reports, in major units: a number, or a decimal string as APIs send it. */
type PageAmount = number | string;

/** The flat object of a call: declared keys are labels, all others are attributes. */
export type Details<S> = Attributes & DeclaredLabels<S>;

/** The arguments after the name in `trackAction`, and after the value in `measure`. */
export type DetailsArguments<S> = S extends { readonly labels: LabelSpec }
  ? [details: Details<S>]
  : [details?: Attributes];

/** The arguments after the name in `trackConversion`. */
export type ConversionArguments<S> = S extends { readonly value: { readonly money: readonly string[] } }
  ? [details: Details<S> & Money<S, PageAmount>]
  : S extends { readonly labels: LabelSpec }
    ? [details: Details<S>]
    : [valueOrDetails?: number | Attributes];

type Kind = "actions" | "conversions" | "measurements" | "features" | "jobs";

/** One group of a catalog; every name if the catalog is not typed. */
type Group<C extends Catalog, K extends Kind> = NonNullable<C[K]>;

type Entry<G, Name> = Name extends keyof G ? G[Name] : never;

/** The names of a group that one side may report: every name if the catalog is not typed. */
type NamesFrom<G, Side extends "page" | "server"> = string extends keyof G
  ? string
  : {
      [Name in keyof G & string]: (
        G[Name] extends { readonly from: "server" } ? "server" : "page"
      ) extends Side
        ? Name
        : never;
    }[keyof G & string];

/** The parts of a catalog whose entries have a `from`. */
type Reported = "actions" | "conversions" | "measurements";

/**
 * The compiler's message for names that a side may not report, instead of `never`. It is `never` itself for a side that
 * may report all names, and for a catalog that is not typed.
 */
type Refused<
  G,
  K extends Reported,
  Side extends "page" | "server",
  Call extends string,
> = string extends keyof G
  ? never
  : [keyof G] extends [never]
    ? Mistake<`The catalog declares no ${K}.`>
    : {
        [Name in keyof G & string]: G[Name] extends { readonly from: "server" }
          ? Side extends "page"
            ? Mistake<`"${Name}" is declared with from: "server": call collector.${Call} on the server.`>
            : never
          : Side extends "server"
            ? Mistake<`"${Name}" is reported by pages: declare it with from: "server", or call ${Call} in the page.`>
            : never;
      }[keyof G & string];

/** The type of names that a page may not report. No value has it. */
export type RefusedOnPage<C extends Catalog, K extends Reported, Call extends string> = Refused<
  Group<C, K>,
  K,
  "page",
  Call
>;

/** The type of names that server code may not report. No value has it. */
export type RefusedOnServer<C extends Catalog, K extends Reported, Call extends string> = Refused<
  Group<C, K>,
  K,
  "server",
  Call
>;

export type RouteOf<C extends Catalog> = C["routes"][number];

export type ActionEntry<C extends Catalog, Name> = Entry<Group<C, "actions">, Name>;
export type ConversionEntry<C extends Catalog, Name> = Entry<Group<C, "conversions">, Name>;
export type MeasurementEntry<C extends Catalog, Name> = Entry<Group<C, "measurements">, Name>;

/** The actions that a page may report: those that are not `from: "server"`. */
export type ActionName<C extends Catalog> = NamesFrom<Group<C, "actions">, "page">;
export type PageConversionName<C extends Catalog> = NamesFrom<Group<C, "conversions">, "page">;
export type MeasurementName<C extends Catalog> = NamesFrom<Group<C, "measurements">, "page">;

/** The features whose use a page may report. */
export type FeatureName<C extends Catalog> = keyof Group<C, "features"> & string;

/** The jobs that server code may run. */
export type JobName<C extends Catalog> = keyof Group<C, "jobs"> & string;

/** The actions that server code may report: those that are `from: "server"`. */
export type ServerActionName<C extends Catalog> = NamesFrom<Group<C, "actions">, "server">;
export type ServerConversionName<C extends Catalog> = NamesFrom<Group<C, "conversions">, "server">;
export type ServerMeasurementName<C extends Catalog> = NamesFrom<Group<C, "measurements">, "server">;

type Experience<S> = S extends { readonly experience: true }
  ? { readonly experience?: WebVitalRating | undefined }
  : unknown;

/**
 * The arguments of `trackConversion` in server code. `id` makes the same order count once. `experience` is the rating
 * that the session had experienced, if the catalog asks for it.
 */
export type ServerConversionArguments<S> = S extends
  | { readonly value: { readonly money: readonly string[] } }
  | { readonly labels: LabelSpec }
  ? [details: ServerDetails<S> & Money<S, Amount> & Experience<S> & { readonly id?: string }]
  : [details?: Attributes & Experience<S> & { readonly id?: string }];

/** An amount may be an object, which no attribute is. */
type ServerDetails<S> = Readonly<Record<string, AttributeValue | Amount>> & DeclaredLabels<S>;

/** The arguments of `trackRefund` in server code: `id` makes the same refund count once. */
export type RefundDetails<S> = Readonly<Record<string, AttributeValue | Amount>> &
  Money<S, Amount> & { readonly id?: string };
