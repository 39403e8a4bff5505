/** The digest by which a page recognizes its own events in the tail. */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { EXACT_SESSIONS } from "./errorGroups.ts";
import { SENDER_DIGITS, senderText } from "./live.ts";
import { LAST_INSTANT } from "./limits.ts";
import { STREAM_METRIC_TYPES } from "./stream.ts";

const session = fc.stringMatching(/^[\da-f]{32}$/);
const instant = fc.integer({ min: 0, max: LAST_INSTANT });

/** The digest as a page makes it. */
async function digestOf(text: string): Promise<string> {
  const bytes = new Uint8Array(await crypto.subtle.digest("SHA-256", new TextEncoder().encode(text)));
  const digits = Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
  return digits.slice(0, SENDER_DIGITS);
}

describe("the text of a sender", () => {
  test("is the session and the event's time, which docs and other clients can write", () => {
    expect(senderText("0123456789abcdef0123456789abcdef", 1_764_230_400_000)).toBe(
      "0123456789abcdef0123456789abcdef 1764230400000",
    );
  });

  test("is different for each session and each time: none can be mistaken for another", () => {
    fc.assert(
      fc.property(session, instant, session, instant, (session1, at1, session2, at2) => {
        const isSame = session1 === session2 && at1 === at2;
        expect(senderText(session1, at1) === senderText(session2, at2)).toBe(isSame);
      }),
    );
  });

  test("can be taken apart again, so it loses nothing", () => {
    fc.assert(
      fc.property(session, instant, (id, at) => {
        const [first, second, ...rest] = senderText(id, at).split(" ");
        expect([first, Number(second), rest]).toEqual([id, at, []]);
      }),
    );
  });

  test("is ASCII, so a page that encodes it as UTF-8 has the bytes that a server has", () => {
    fc.assert(
      fc.property(session, instant, (id, at) => {
        const text = senderText(id, at);
        expect([...new TextEncoder().encode(text)]).toEqual(
          Array.from(text, (letter) => letter.charCodeAt(0)),
        );
      }),
    );
  });
});

test("the digest is the one that other programs compute: `printf … | sha256sum | cut -c 1-16`", async () => {
  expect(await digestOf(senderText("0123456789abcdef0123456789abcdef", 1_764_230_400_000))).toBe(
    "1396a5bb98171954",
  );
});

test("sixteen digits tell the events of a tail apart: two of a million are the same once in 36 million tails", () => {
  const pairs = (1e6 * (1e6 - 1)) / 2;
  expect(pairs / 16 ** SENDER_DIGITS).toBeLessThan(1 / 36e6);
});

describe("the groups of the WebSocket", () => {
  test("are different words that are keys of JSON, and none is the word for all", () => {
    expect(new Set(STREAM_METRIC_TYPES).size).toBe(STREAM_METRIC_TYPES.length);
    for (const type of STREAM_METRIC_TYPES) {
      expect(type).toMatch(/^[a-z]+$/);
      expect(type).not.toBe("all");
      expect(Object.hasOwn(Object.prototype, type)).toBe(false);
    }
  });

  test("need no encoding in the address of a connection", () => {
    const query = new URLSearchParams({ metric_type: STREAM_METRIC_TYPES.join(",") });
    expect(query.toString()).toBe(`metric_type=${STREAM_METRIC_TYPES.join("%2C")}`);
  });
});

test("sessions of an error group are exact as far as a person counts", () => {
  expect(Number.isInteger(EXACT_SESSIONS)).toBe(true);
  expect(EXACT_SESSIONS).toBeGreaterThanOrEqual(100);
});
