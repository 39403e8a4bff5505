import { basePathFault } from "@rumkit/server/internal/serve";
import { z } from "zod";

/**
 * The form of a setting in the environment and as a flag: a `switch` is true or false, a `limit` is an integer or false, a
 * `list` is separated by commas, `keys` are a list of `name=key`.
 */
export type SettingKind = "text" | "integer" | "limit" | "switch" | "list" | "secret" | "keys" | "file only";

/** The part of a setting that does not depend on its form. */
interface About {
  /** The value if no source sets it. Default none. */
  readonly default?: string | number | boolean | readonly [];
  /** The effect of an unset setting, in words. Only for a setting whose default does not say it. */
  readonly unset?: string;
  /** The meaning in a few words, with the unit or the source of the default. */
  readonly help: string;
}

/** A setting with its form. */
export interface Setting<Schema extends z.ZodType = z.ZodType> extends About {
  readonly kind: SettingKind;
  /** Checks the value of each source. */
  readonly schema: Schema;
  /** The values that it takes, in words: `0 to 65535`, `json or none`. */
  readonly values: string;
}

function form<Schema extends z.ZodType>(
  kind: SettingKind,
  schema: Schema,
  values: string,
  about: About,
): Setting<Schema> {
  return { kind, schema, values, ...about };
}

/** A setting that may be missing from a configuration that runs. */
export function optional<Schema extends z.ZodType>(setting: Setting<Schema>): Setting<z.ZodOptional<Schema>> {
  return { ...setting, schema: setting.schema.optional() };
}

export const text = (values: string, about: About) => form("text", z.string().min(1), values, about);

export const choice = <const Values extends readonly [string, ...string[]]>(values: Values, about: About) =>
  form("text", z.enum(values), values.join(" or "), about);

/** A path of the live page or of the API. */
export const basePath = (about: About) => {
  const path = z.string().superRefine((written, context) => {
    const fault = basePathFault(written);
    if (fault !== undefined) context.addIssue(fault);
  });
  return form("text", path, "path", about);
};

/** A whole number. `Number.MAX_SAFE_INTEGER` as `most` sets no limit. */
export const whole = (least: number, most: number, about: About) => {
  const values = rangeOf(least, most);
  const from = most === Number.MAX_SAFE_INTEGER ? "of" : "from";
  return form("integer", integer(least, most, `must be a whole number ${from} ${values}`), values, about);
};

/** A whole number, or false for none. */
export const limit = (least: number, most: number, about: About) => {
  const values = `${rangeOf(least, most)}, or false`;
  const fault = `must be a whole number from ${values}`;
  return form("limit", z.union([z.literal(false), integer(least, most, fault)], fault), values, about);
};

export const toggle = (about: About) => form("switch", z.boolean(), "true or false", about);

export const list = <Item extends z.ZodType>(item: Item, values: string, about: About) =>
  form("list", z.array(item), values, about);

/** A secret of one line. */
export const secret = (about: About) => form("secret", z.string(), "16 characters or more", about);

export const keys = <Item extends z.ZodType>(item: Item, values: string, about: About) =>
  form("keys", z.array(item), values, about);

/** A setting that neither a variable nor a flag can hold. */
export const fileOnly = <Schema extends z.ZodType>(schema: Schema, values: string, about: About) =>
  form("file only", schema, values, about);

const rangeOf = (least: number, most: number): string =>
  most === Number.MAX_SAFE_INTEGER ? `${least} or more` : `${least} to ${most}`;

const integer = (least: number, most: number, fault: string) => z.int(fault).min(least).max(most);

/** Text is the source of a regular expression, because JSON cannot contain one. */
export const pattern = z.union(
  [
    z.instanceof(RegExp),
    z
      .string()
      .refine(isExpression)
      .transform((source) => new RegExp(source)),
  ],
  "is not a regular expression",
);

function isExpression(source: string): boolean {
  try {
    return new RegExp(source) instanceof RegExp;
  } catch {
    return false;
  }
}

/**
 * Converts the text of a variable or flag. Text that does not fit the kind of the setting stays text and is refused
 * later.
 */
export function readText(name: string, kind: SettingKind, written: string): unknown {
  switch (kind) {
    case "integer":
      return readInteger(written);
    case "limit":
      return written === "false" ? false : readInteger(written);
    case "switch":
      return written === "true" || (written === "false" ? false : written);
    case "list":
      return splitList(written);
    case "keys":
      return splitList(written).map((entry) => readKey(name, entry));
    case "text":
    case "secret":
    case "file only":
      return written;
  }
}

function readInteger(written: string): number | string {
  return /^\d{1,15}$/.test(written) ? Number(written) : written;
}

function splitList(written: string): string[] {
  return written.split(",").flatMap((entry) => entry.trim() || []);
}

function readKey(name: string, entry: string): unknown {
  const [, owner, key] = /^([^=]+)=(.+)$/.exec(entry) ?? [];
  // Text that ends with "==" is base64 without a name. The entry itself must not be in the fault, because it may be a
  // secret, and faults are printed.
  if (owner === undefined || /^=*$/.test(key!)) return { name: "" };
  return name === "writeKeys" ? { name: owner, key } : { name: owner, secret: key };
}
