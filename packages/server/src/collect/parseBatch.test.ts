import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { CollectError } from "../http/collectError.ts";
import { parseBatch, parseEvent } from "./parseBatch.ts";
import { isRejection } from "../base/rejection.ts";

const id = "0123456789abcdef0123456789abcdef";
const batch = { v: 1, id, seq: 0, session: id, sentAt: 1_700_000_000_000, events: [{}] };
const view = { type: "page_view", route: "/", navigation: "soft", experience: "good" };

/** A batch of so many levels of nesting. */
function deep(levels: number): string {
  const nested = "[".repeat(levels - 1) + "]".repeat(levels - 1);
  return `{"later":${nested},${JSON.stringify(batch).slice(1)}`;
}

function keys(length: number): object {
  return Object.fromEntries(Array.from({ length }, (_, index) => [index, 0]));
}

function codeOf(body: string | Uint8Array): string {
  try {
    parseBatch(typeof body === "string" ? Buffer.from(body) : Buffer.from(body));
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
    ["a byte that is not UTF-8", new Uint8Array([0x7b, 0xff, 0x7d]), "bad_utf8"],
    ["an overlong NUL", new Uint8Array([0xc0, 0x80]), "bad_utf8"],
    ["a byte order mark", `\uFEFF${JSON.stringify(batch)}`, "bad_json"],
    ["a trailing comma", '{"v":1,}', "bad_json"],
    ["NaN", '{"v":NaN}', "bad_json"],
    ["single quotes", "{'v':1}", "bad_json"],
    ["a comment", "{/**/}", "bad_json"],
    ["32 000 nested arrays", "[".repeat(32_000) + "]".repeat(32_000), "too_deep"],
    ["nine levels, the ninth in a key of a later version", deep(9), "too_deep"],
    ["eight levels", deep(8), "read"],
    ["65 keys in one object", JSON.stringify({ ...batch, later: keys(65) }), "too_many_keys"],
    ["64 keys in each of two objects", JSON.stringify({ ...batch, later: [keys(64), keys(64)] }), "read"],
    ["6 000 keys that are integers", JSON.stringify(keys(6_000)), "too_many_keys"],
    ["the key id twice: the last one counts", `{"id":7,${JSON.stringify(batch).slice(1)}`, "read"],
    ["the key id twice, the last one wrong", `${JSON.stringify(batch).slice(0, -1)},"id":7}`, "bad_batch_id"],
    ["120 000 arrays", `[${"[],".repeat(120_000)}[]]`, "too_many_keys"],
    ["16 384 objects", `[${"{},".repeat(16_382)}{}]`, "bad_batch"],
    ["one more", `[${"{},".repeat(16_383)}{}]`, "too_many_keys"],
    [
      "as many brackets in texts, behind quotes that are escaped",
      `["${'\\"[{'.repeat(20_000)}","${"[".repeat(20_000)}\\\\"]`,
      "bad_batch",
    ],
    ["a text that does not end", `["${"[".repeat(40_000)}`, "bad_json"],
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
    ["a rate of all sessions", JSON.stringify({ ...batch, rate: 1 }), "read"],
    ["a rate of one in ten thousand", JSON.stringify({ ...batch, rate: 0.0001 }), "read"],
    ["a rate that would multiply without end", JSON.stringify({ ...batch, rate: 0.00009 }), "bad_batch"],
    ["a rate of 0", JSON.stringify({ ...batch, rate: 0 }), "bad_batch"],
    ["a rate above 1", JSON.stringify({ ...batch, rate: 1.5 }), "bad_batch"],
    ["a context that is nested", JSON.stringify({ ...batch, context: { user: {} } }), "bad_batch"],
    ["a place that is not an integer", JSON.stringify({ ...batch, seq: 0.5 }), "bad_batch"],
    ["every reason to drop", JSON.stringify({ ...batch, dropped: { consent: 1, filtered: 2 } }), "read"],
    ["a negative count of drops", JSON.stringify({ ...batch, dropped: { oversize: -1 } }), "bad_batch"],
  ])("%s", (_input, body, code) => {
    expect(codeOf(body)).toBe(code);
    // A large body is checked before it is parsed: white space makes every one of these large.
    const large = Buffer.concat([Buffer.alloc(33_000, " "), Buffer.from(body as string)]);
    expect(codeOf(large)).toBe(code);
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
    ["a page view that says nothing of itself", { type: "page_view" }, "read"],
    ["with a key of a later version", { ...view, future: 1 }, "read"],
    ["with a time, as an older page sends it", { ...view, at: 1 }, "read"],
    ["null", null, "bad_event"],
    ["of an unknown type", { ...view, type: "teleport" }, "unknown_type"],
    ["of a type that is a property of every object", { ...view, type: "toString" }, "unknown_type"],
    ["without a type", { route: "/" }, "bad_event"],
    ["with a route that is not text", { ...view, route: 7 }, "bad_event"],
    ["with an unknown navigation", { ...view, navigation: "push" }, "bad_event"],
    ["with an unknown experience", { ...view, experience: "unknown" }, "bad_event"],
    ["that happened 0 times", { ...view, count: 0 }, "bad_number"],
    ["that happened more than a million times", { ...view, count: 1_000_001 }, "bad_number"],
    ["a session on an unknown device", { type: "session_start", device: "watch" }, "bad_event"],
    ["a click without a name", { type: "click", name: "" }, "bad_event"],
    ["a form without a name", { type: "form_start" }, "bad_event"],
    ["a vital that is null, as NaN is in JSON", { type: "LCP", value: null }, "bad_number"],
    ["a vital below 0", { type: "LCP", value: -1 }, "bad_number"],
    ["a vital that is retired", { type: "FID", value: 1 }, "unknown_type"],
    ["a vital of an unknown part", { type: "LCP", value: 1, part: "video" }, "bad_event"],
    ["an error without a message", { type: "error", source: "opaque", name: "Error" }, "read"],
    ["an error of an unknown source", { type: "error", source: "moon", name: "Error" }, "bad_event"],
    ["a step before the first", { type: "funnel_step", name: "a", step: 0 }, "bad_number"],
    ["a step beyond any funnel", { type: "funnel_step", name: "a", step: 101 }, "bad_number"],
    ["a call of ten minutes", { type: "api_call", name: "/a", value: 600 }, "read"],
    ["a call of more", { type: "api_call", name: "/a", value: 600.1 }, "bad_number"],
    ["a call with a status below 100", { type: "api_call", name: "/a", value: 1, status: 0 }, "bad_number"],
    ["a call with a status above 599", { type: "api_call", name: "/a", value: 1, status: 600 }, "bad_number"],
    [
      "a call that failed of something else",
      { type: "api_call", name: "/a", value: 1, failure: "x" },
      "bad_event",
    ],
    ["a load whose phase is negative", { type: "page_load", dns: -0.1 }, "bad_number"],
    ["a load whose phase never ends", { type: "page_load", complete: 601 }, "bad_number"],
    ["a load of more than a tebibyte", { type: "page_load", bytes: 2 ** 40 + 1 }, "bad_number"],
    ["a task of more than ten minutes", { type: "long_task", value: 601 }, "bad_number"],
    ["a heap of more than a tebibyte", { type: "heap", value: 2 ** 41 }, "bad_number"],
    ["a view of a day", { type: "visible", value: 86_400 }, "read"],
    ["a view of more than a day", { type: "visible", value: 86_401 }, "bad_number"],
    ["details that are nested", { type: "action", name: "a", details: { a: {} } }, "bad_event"],
  ])("%s", (_input, event, code) => {
    expect(eventCodeOf(event)).toBe(code);
  });

  test("text that is too long is cut, and half a surrogate pair becomes U+FFFD", () => {
    const error = {
      type: "error",
      source: "uncaught",
      name: "Error",
      message: `${"x".repeat(2047)}😀`,
    };
    expect(parseEvent(error)).toMatchObject({ message: `${"x".repeat(2047)}\uFFFD` });
  });
});
