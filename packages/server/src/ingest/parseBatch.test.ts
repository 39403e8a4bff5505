import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { CollectError } from "./collectError.ts";
import { parseBatch, parseEvent } from "./parseBatch.ts";
import { isRejection } from "./rejection.ts";

const id = "0123456789abcdef0123456789abcdef";
const batch = { v: 1, id, seq: 0, session: id, sentAt: 1_700_000_000_000, events: [{}] };
const view = { type: "page_view", at: 1, route: "/", navigation: "load" };

function codeOf(body: string | Uint8Array): string {
  try {
    parseBatch(typeof body === "string" ? new TextEncoder().encode(body) : body);
    return "read";
  } catch (error) {
    return error instanceof CollectError ? error.code : `not typed: ${String(error)}`;
  }
}

function eventCodeOf(event: unknown): string {
  const parsed = parseEvent(event);
  return isRejection(parsed) ? parsed.code : "read";
}

describe("a body", () => {
  test.each<[input: string, body: string | Uint8Array, code: string]>([
    ["a batch", JSON.stringify(batch), "read"],
    ["a byte that is no UTF-8", new Uint8Array([0x7b, 0xff, 0x7d]), "bad_utf8"],
    ["an overlong NUL", new Uint8Array([0xc0, 0x80]), "bad_utf8"],
    ["a byte order mark", `\uFEFF${JSON.stringify(batch)}`, "bad_json"],
    ["a trailing comma", '{"v":1,}', "bad_json"],
    ["NaN", '{"v":NaN}', "bad_json"],
    ["single quotes", "{'v':1}", "bad_json"],
    ["a comment", "{/**/}", "bad_json"],
    ["32 000 nested arrays", "[".repeat(32_000) + "]".repeat(32_000), "too_deep"],
    ["brackets inside of a string", JSON.stringify({ ...batch, release: "[".repeat(100) }), "read"],
    ["an array", "[]", "bad_batch"],
    ["null", "null", "bad_batch"],
    ["a string", '"x"', "bad_batch"],
    ["version 99", JSON.stringify({ ...batch, v: 99 }), "bad_version"],
    ["no id", JSON.stringify({ ...batch, id: undefined }), "bad_batch_id"],
    ["an id in capitals", JSON.stringify({ ...batch, id: id.toUpperCase() }), "bad_batch_id"],
    ["no session", JSON.stringify({ ...batch, session: "" }), "bad_batch"],
    ["no event", JSON.stringify({ ...batch, events: [] }), "bad_batch"],
    [
      "201 events",
      JSON.stringify({ ...batch, events: Array.from({ length: 201 }, () => view) }),
      "too_many_events",
    ],
    ["a negative count of drops", JSON.stringify({ ...batch, dropped: { oversize: -1 } }), "bad_batch"],
  ])("%s", (_input, body, code) => {
    expect(codeOf(body)).toBe(code);
  });

  test("__proto__ is dropped and pollutes nothing", () => {
    expect(codeOf(`{"__proto__":{"isAdmin":true},${JSON.stringify(batch).slice(1)}`)).toBe("read");
    expect("isAdmin" in {}).toBe(false);
  });

  test("any JSON and any bytes get a typed answer", () => {
    fc.assert(fc.property(fc.json(), (json) => !codeOf(json).includes("not typed")));
    fc.assert(fc.property(fc.uint8Array(), (bytes) => !codeOf(bytes).includes("not typed")));
  });
});

describe("an event", () => {
  test.each<[input: string, event: unknown, code: string]>([
    ["a page view", view, "read"],
    ["with a key of a later version", { ...view, future: 1 }, "read"],
    ["null", null, "bad_event"],
    ["of an unknown type", { ...view, type: "teleport" }, "unknown_type"],
    ["without a type", { at: 1, route: "/" }, "bad_event"],
    ["without a route", { type: "page_view", at: 1, navigation: "load" }, "bad_event"],
    ["with a time as text", { ...view, at: "now" }, "bad_time"],
    ["with a time that no Date can hold", { ...view, at: 8.64e15 + 1 }, "bad_time"],
    ["that happened 0 times", { ...view, count: 0 }, "bad_number"],
    ["that happened a million times", { ...view, count: 1_000_000 }, "bad_number"],
    [
      "a vital that is null, as NaN is in JSON",
      { type: "vital", at: 1, route: "/", name: "LCP", value: null },
      "bad_number",
    ],
    ["a vital below 0", { type: "vital", at: 1, route: "/", name: "LCP", value: -1 }, "bad_number"],
    ["a vital that is none", { type: "vital", at: 1, route: "/", name: "FID", value: 1 }, "bad_event"],
    [
      "money that is negative",
      { type: "conversion", at: 1, route: "/", name: "a", amount: -1, currency: "USD" },
      "bad_amount",
    ],
    [
      "money with a fraction",
      { type: "conversion", at: 1, route: "/", name: "a", amount: 0.1, currency: "USD" },
      "bad_amount",
    ],
    [
      "money beyond the cap",
      { type: "conversion", at: 1, route: "/", name: "a", amount: 1e308, currency: "USD" },
      "bad_amount",
    ],
    [
      "a currency in small letters",
      { type: "conversion", at: 1, route: "/", name: "a", amount: 1, currency: "usd" },
      "bad_currency",
    ],
    [
      "details that are nested",
      { type: "action", at: 1, route: "/", name: "a", details: { a: {} } },
      "bad_event",
    ],
  ])("%s", (_input, event, code) => {
    expect(eventCodeOf(event)).toBe(code);
  });

  test("text that is too long is cut, and half a surrogate pair becomes U+FFFD", () => {
    const error = {
      type: "error",
      at: 1,
      route: "/",
      source: "uncaught",
      name: "Error",
      message: `${"x".repeat(2047)}😀`,
    };
    expect(parseEvent(error)).toMatchObject({ message: `${"x".repeat(2047)}\uFFFD` });
  });
});
