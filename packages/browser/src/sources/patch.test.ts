import { describe, expect, test } from "vitest";
import { patch } from "./patch.ts";

interface Target {
  call: (text: string) => string;
}

const wrapWith =
  (mark: string) =>
  (original: Target["call"]): Target["call"] =>
  (text) =>
    original(text + mark);

describe("a patch", () => {
  test.each(["abc", "acb", "bac", "bca", "cab", "cba"])(
    "of three is taken out in the order %s, with a library's wrapper in between",
    (order) => {
      const target: Target = { call: (text) => text };
      const native = target.call;
      const undo: Record<string, () => void> = { a: patch(target, "call", wrapWith("a")) };
      undo["b"] = patch(target, "call", wrapWith("b"));
      // Another library, which marks its wrappers as many do, between ours.
      const below = target.call;
      const theirs = Object.assign((text: string) => below(`${text}x`), { original: native });
      target.call = theirs;
      undo["c"] = patch(target, "call", wrapWith("c"));
      const left = new Set("abc");
      for (const name of order) {
        undo[name]!();
        left.delete(name);
        expect(new Set(target.call(""))).toEqual(new Set([...left, "x"]));
      }
      expect(target.call).toBe(theirs);
    },
  );

  test("is made where the method is defined, so that it does not hide patches of others", () => {
    class Base implements Target {
      call(text: string): string {
        return text;
      }
    }
    const native = Base.prototype.call;
    const instance = new Base();
    const undo = patch(instance, "call", wrapWith("a"));
    expect(Object.keys(instance)).toEqual([]);
    expect(instance.call("")).toBe("a");
    const below = Base.prototype.call;
    Base.prototype.call = (text) => below(`${text}x`);
    expect(instance.call("")).toBe("xa");
    Base.prototype.call = below;
    undo();
    expect(Base.prototype.call).toBe(native);
  });
});
