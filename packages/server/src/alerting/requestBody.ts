import type { Context } from "hono";
import { type Check, Faults, list, number, object, required, text } from "../base/shape.ts";
import { CollectError } from "../http/collectError.ts";
import { fromHono } from "../http/honoRequest.ts";

/** Maximum bytes of a body: a silence with many matchers has one kilobyte. */
const MAX_BODY_BYTES = 16_384;

/** Maximum characters of an author and of a reason, which the audit log keeps. */
const MAX_BY = 100;
const MAX_WHY = 500;

/** A body, or the answer to one that is invalid. */
export type Read<Body> = { readonly body: Body } | { readonly refused: Response };

const by = atMost(MAX_BY, text('"ada"'));
const why = required(atMost(MAX_WHY, text('"The release is rolled back."')), "the reason, for the audit log");

export const checkDecision = object({ by, why }, { example: '{ why: "The release is rolled back." }' });

export const checkSilence = object(
  {
    by,
    why,
    matchers: required(
      list(atMost(1_000, text('"alertname=ShopErrors"')), { example: '["alertname=ShopErrors"]', least: 1 }),
      'the alerts, e.g. ["alertname=ShopErrors"]',
    ),
    endsAt: required(
      number("milliseconds since 1970", (value) => Number.isSafeInteger(value) && value > 0),
      "its end, in milliseconds since 1970",
    ),
  },
  { example: '{ matchers: ["alertname=ShopErrors"], endsAt: 1800000000000, why: "Planned work." }' },
);

/** Reads a body of JSON, and names everything that is wrong with it. */
export async function readJson<Body>(c: Context, check: Check): Promise<Read<Body>> {
  try {
    const bytes = await fromHono(c).readBody(MAX_BODY_BYTES);
    const body: unknown = JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(bytes));
    const faults = new Faults("The body");
    check(body, [], faults);
    if (faults.found.length === 0) return { body: body as Body };
    return { refused: refuse(c, 400, "bad_body", faults.found.map(({ text: fault }) => fault).join(" ")) };
  } catch (error) {
    if (error instanceof CollectError) return { refused: refuse(c, error.status, error.code, error.message) };
    if (error instanceof SyntaxError || error instanceof TypeError)
      return { refused: refuse(c, 400, "bad_json", "The body is not JSON.") };
    throw error;
  }
}

/** Answers with an error. */
export function refuse(
  c: Context,
  status: 400 | 401 | 403 | 404 | 405 | 408 | 409 | 413 | 415 | 422 | 429 | 503,
  code: string,
  message: string,
): Response {
  return c.json({ error: { code, message } }, status);
}

function atMost(longest: number, check: Check): Check {
  return (value, path, faults) => {
    if (typeof value === "string" && value.length > longest)
      faults.add(path, `has ${value.length} characters. Write at most ${longest}.`);
    else check(value, path, faults);
  };
}
