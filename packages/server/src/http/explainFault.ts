import type { z } from "zod";

type Fields = Readonly<Record<string, z.ZodType>>;

/**
 * What is wrong with one field, in the words of its schema: `details.size: Invalid input`.
 *
 * @param value What the schema is shown. It lists every fault, so of an object of many values it is to be shown the
 * first one that is wrong.
 */
export function explainField(fields: Fields, name: string, value: unknown): string {
  const parsed = fields[name]?.safeParse(value);
  return describeIssue(parsed?.error?.issues[0], [name]);
}

/** An issue of a schema as one line. `path` leads to what the schema was given. */
export function describeIssue(issue: z.core.$ZodIssue | undefined, path: readonly string[] = []): string {
  if (issue === undefined) return `${path.join(".")}: not allowed`;
  const place = [...path, ...issue.path.map(String)].join(".");
  return place === "" ? issue.message : `${place}: ${issue.message}`;
}
