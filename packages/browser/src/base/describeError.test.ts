// @vitest-environment node
import { MAX_TEXT } from "@rumkit/protocol";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { describeError } from "./describeError.ts";

const ofText = (text: string): string => describeError({ message: text }, "message", "");

describe("queries and hashes of URLs do not leave the page", () => {
  test.each([
    ["GET /api/users?email=a@b.example failed", "GET /api/users failed"],
    ["https://shop.example/?token=1", "https://shop.example/"],
    ["https://shop.example/a#token=1", "https://shop.example/a"],
    ["at f (https://shop.example/app.js?v=1:10:5)", "at f (https://shop.example/app.js:10:5)"],
    ["f@https://shop.example/app.js?v=1#x:10:5", "f@https://shop.example/app.js:10:5"],
    [
      "at https://shop.example/app.js?v=1:10:5\nat g (/b.js#x:1:2)",
      "at https://shop.example/app.js:10:5\nat g (/b.js:1:2)",
    ],
    ["/a?b /c?d", "/a /c"],
    ["/a?b?c", "/a"],
  ])("%j", (text, expected) => {
    expect(ofText(text)).toBe(expected);
  });

  test.each(["Is it so? Yes.", "issue #7", "a ? b : c", "50% of 3/4", "what?"])("%j is not a URL", (text) => {
    expect(ofText(text)).toBe(text);
  });

  test("whatever they hold", () => {
    const part = fc.stringMatching(/^[\w=&%.-]{1,20}$/);
    fc.assert(
      fc.property(part, part, (query, hash) => {
        const text = ofText(`Failed: https://shop.example/p?secret${query}#secret${hash} (500)`);
        expect(text).toBe("Failed: https://shop.example/p (500)");
      }),
    );
  });
});

test("text is cut, and a hostile one takes no longer than its length", () => {
  expect(ofText("a".repeat(MAX_TEXT + 1))).toHaveLength(MAX_TEXT);
  expect(ofText(`/${"?".repeat(1_000_000)}`).length).toBeLessThanOrEqual(MAX_TEXT);
});

describe("a property", () => {
  test.each([
    ["of an object", { name: "A" }, "A"],
    ["that is not text", { name: 7 }, "7"],
    ["that is null", { name: null }, "absent"],
    ["that is missing", {}, "absent"],
    ["of a primitive, which has none", 5, "absent"],
    ["of nothing", undefined, "absent"],
  ])("%s", (_what, thrown, expected) => {
    expect(describeError(thrown, "name", "absent")).toBe(expected);
  });

  test("that cannot be read is empty", () => {
    const throwing = {
      get name(): string {
        throw new Error("no");
      },
    };
    const { proxy, revoke } = Proxy.revocable({}, {});
    revoke();
    expect([describeError(throwing, "name", "absent"), describeError(proxy, "name", "absent")]).toEqual([
      "",
      "",
    ]);
    expect(describeError({ name: Object.create(null) }, "name", "absent")).toBe("");
  });
});
