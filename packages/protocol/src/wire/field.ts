import type { BatchRejection, EventRejection } from "./answers.ts";

/** The details of a call, as sent. The server knows which keys are labels. */
export type WireDetails = Record<string, string | number | boolean>;

interface AnyField {
  /** True for a field that may be missing. */
  readonly optional?: true;
  /** The meaning, as Markdown without a full stop: for the docs and OpenAPI. */
  readonly what?: string;
  /** The code of a refusal because of this field. Default: the code of its kind. */
  readonly reason?: EventRejection | BatchRejection;
}

/** Text. Longer text is cut and not refused, because a long message is not a mistake. Lengths are in UTF-16 units. */
export interface TextField extends AnyField {
  readonly kind: "text";
  /** Default 0. */
  readonly least?: number;
  readonly most: number;
  /** True: a number or a boolean is read as its text, any other value as empty text. Default: they are refused. */
  readonly fromAny?: true;
}

/** Text that matches a pattern. */
export interface PatternField extends AnyField {
  readonly kind: "pattern";
  readonly pattern: RegExp;
  /** The pattern in words: `32 lower-case hexadecimal digits`. */
  readonly words: string;
}

/** One value of a closed set. */
export interface EnumField extends AnyField {
  readonly kind: "enum";
  readonly values: readonly (string | number)[];
}

/** A finite number, or an integer that a double represents exactly. Both bounds are included. */
export interface NumberField extends AnyField {
  readonly kind: "number" | "integer";
  /** Default: negative numbers are allowed. */
  readonly least?: number;
  /** Default: the largest finite number, or the largest integer that a double represents exactly. */
  readonly most?: number;
  readonly unit?: "seconds" | "bytes" | "milliseconds";
}

/**
 * A flat object of strings, numbers and booleans: at most `MAX_DETAILS` keys of `MAX_NAME` units, and values of
 * `MAX_TEXT` units. More is cut or refused.
 */
export interface DetailsField extends AnyField {
  readonly kind: "details";
  readonly excess: "cut" | "refused";
}

/** An object of counts by key. Counts above `most` are read as `most`. */
export interface CountsField extends AnyField {
  readonly kind: "counts";
  readonly keys: readonly string[];
  readonly most: number;
}

/** An array whose elements are read later, one by one. */
export interface ListField extends AnyField {
  readonly kind: "list";
  readonly least: number;
  readonly most: number;
  /** The name of an element in the docs: `event`. */
  readonly of: string;
  /** The code of a refusal because there are too many. */
  readonly tooMany?: BatchRejection;
}

/** An object whose values are read later, one by one. An optional one may be null. */
export interface ObjectField extends AnyField {
  readonly kind: "object";
}

/** Any value, which is checked later. */
export interface AnythingField extends AnyField {
  readonly kind: "anything";
}

/** One field of an event, a batch or an item, with everything that its readers and its docs need. */
export type Field =
  | TextField
  | PatternField
  | EnumField
  | NumberField
  | DetailsField
  | CountsField
  | ListField
  | ObjectField
  | AnythingField;

/** The fields of an object by name. */
export type Fields = Readonly<Record<string, Field>>;

/** The type of the value that a field declares. */
export type ValueOf<F> = F extends { kind: "enum"; values: readonly (infer Value)[] }
  ? Value
  : F extends { kind: "text" | "pattern" }
    ? string
    : F extends { kind: "number" | "integer" }
      ? number
      : F extends { kind: "details" }
        ? WireDetails
        : F extends { kind: "counts"; keys: readonly (infer Key extends string)[] }
          ? { [Name in Key]?: number }
          : F extends { kind: "list" }
            ? unknown[]
            : F extends { kind: "object" }
              ? Readonly<Record<string, unknown>>
              : unknown;

type Optional<Declared> = {
  [Name in keyof Declared]: Declared[Name] extends { optional: true } ? Name : never;
}[keyof Declared];

type Flat<T> = { [Name in keyof T]: T[Name] };

/** The type of an object with these fields. */
export type ObjectOf<Declared> = Flat<
  { -readonly [Name in Exclude<keyof Declared, Optional<Declared>>]: ValueOf<Declared[Name]> } & {
    -readonly [Name in Optional<Declared>]?: ValueOf<Declared[Name]>;
  }
>;
