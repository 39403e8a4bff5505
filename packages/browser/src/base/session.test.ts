import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { restoreSession, type Session, storeSession } from "./session.ts";

const session = (id: string): Session => ({ id, began: 1, seen: 2, seq: 3 });

beforeEach(() => sessionStorage.clear());
afterEach(() => vi.unstubAllGlobals());

test("a new tab has none", () => {
  expect(restoreSession("/collect")).toBeNull();
});

test("the next page of the tab gets what was stored, with what sources remember", () => {
  storeSession("/collect", { ...session("a"), experience: 2, nested: { list: [1] } });
  expect(restoreSession("/collect")).toEqual({ ...session("a"), experience: 2, nested: { list: [1] } });
});

test.each([
  ["/collect", "/collect?key=pk_1"],
  ["/collect", "https://rum.example/collect"],
  ["/a", "/a/b"],
])("the collectors %s and %s have separate sessions", (one, other) => {
  storeSession(one, session("a"));
  expect(restoreSession(other)).toBeNull();
  storeSession(other, session("b"));
  expect([restoreSession(one)?.id, restoreSession(other)?.id]).toEqual(["a", "b"]);
  storeSession(one, undefined);
  expect([restoreSession(one), restoreSession(other)?.id]).toEqual([null, "b"]);
});

test("undefined leaves nothing behind", () => {
  storeSession("/collect", session("a"));
  storeSession("/collect", undefined);
  expect(sessionStorage).toHaveLength(0);
});

test.each(["", "{", "[object Object]", "undefined"])(
  "text of another script is not a session: %j",
  (text) => {
    storeSession("/collect", session("a"));
    const [key] = Object.keys(sessionStorage);
    sessionStorage[key!] = text;
    expect(restoreSession("/collect") ?? undefined).toBeUndefined();
  },
);

describe("storage that is denied", () => {
  test.each([
    ["is missing", undefined],
    [
      "throws",
      new Proxy(
        {},
        {
          get: () => {
            throw new DOMException("denied", "SecurityError");
          },
          set: () => {
            throw new DOMException("full", "QuotaExceededError");
          },
          deleteProperty: () => {
            throw new DOMException("denied", "SecurityError");
          },
        },
      ),
    ],
  ])("and %s costs only the next page", (_what, storage) => {
    vi.stubGlobal("sessionStorage", storage);
    expect(() => storeSession("/collect", session("a"))).not.toThrow();
    expect(() => storeSession("/collect", undefined)).not.toThrow();
    expect(restoreSession("/collect")).toBeUndefined();
  });
});
