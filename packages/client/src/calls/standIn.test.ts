/** A stand-in is used in place of an object that cannot be changed, so it must behave like that object. */
import fc from "fast-check";
import { describe, expect, test, vi } from "vitest";
import { replaceMethods } from "./replaceMethods.ts";
import { createStandIn } from "./standIn.ts";

class Query {
  readonly #text = "select 1";
  rows = 0;
  static readonly kind = "query";
  get text(): string {
    return this.#text;
  }
  run(rows: number): this {
    this.rows += rows;
    return this;
  }
  read(): string {
    return this.#text;
  }
}

const asIs = (): undefined => undefined;

describe("a stand-in", () => {
  test("reads and writes the object itself, private fields included", () => {
    const query = new Query();
    const standIn = createStandIn(query, asIs);
    expect([standIn.text, standIn.read()]).toEqual(["select 1", "select 1"]);
    standIn.rows = 7;
    expect(query.rows).toBe(7);
    Object.defineProperty(standIn, "extra", { value: 1, configurable: true });
    expect([Object.hasOwn(query, "extra"), "extra" in standIn]).toEqual([true, true]);
    delete (standIn as { extra?: number }).extra;
    expect("extra" in query).toBe(false);
  });

  test("is of the same class, with the same keys", () => {
    const query = new Query();
    const standIn = createStandIn(query, asIs);
    expect(standIn).toBeInstanceOf(Query);
    expect((standIn.constructor as typeof Query).kind).toBe("query");
    expect(Object.keys(standIn)).toEqual(Object.keys(query));
    expect(JSON.stringify(standIn)).toBe(JSON.stringify(query));
    expect(Object.entries(standIn)).toEqual(Object.entries(query));
  });

  test("goes on through methods that return the object, so that a chain is watched to its end", () => {
    const run = vi.fn<() => void>();
    const query = new Query();
    const standIn = createStandIn(query, (key, call) =>
      key === "run"
        ? (...args) => {
            run();
            return call(...args);
          }
        : undefined,
    );
    expect(standIn.run(1).run(2).run(3)).toBe(standIn);
    expect([query.rows, run.mock.calls.length]).toEqual([6, 3]);
  });

  test("gives the same function each time, and a new one if the object's has changed", () => {
    const query = new Query();
    const standIn = createStandIn(query, asIs);
    const { read } = standIn;
    expect(standIn.read).toBe(read);
    query.read = () => "changed";
    expect(standIn.read).not.toBe(read);
    expect(standIn.read()).toBe("changed");
  });

  test("leaves classes alone, which are compared and called with `new`", () => {
    const holder = { Query };
    const standIn = createStandIn(holder, asIs);
    expect(standIn.Query).toBe(Query);
    expect(new standIn.Query()).toBeInstanceOf(Query);
  });

  test("of a frozen object breaks no rule of proxies", () => {
    const frozen = Object.freeze({ run: () => 1, rows: 2 });
    const standIn = createStandIn(frozen, () => () => 3);
    expect([standIn.run(), standIn.rows]).toEqual([3, 2]);
    expect(Object.getOwnPropertyDescriptors(standIn).rows).toMatchObject({ value: 2, configurable: true });
    expect(Reflect.set(standIn, "rows", 5)).toBe(false);
  });

  test("of any object reads as the object", () => {
    fc.assert(
      fc.property(fc.object(), (object) => {
        expect({ ...createStandIn(object, asIs) }).toEqual({ ...object });
      }),
    );
  });
});

describe("methods that are replaced", () => {
  const double = (_name: string, call: (...args: unknown[]) => unknown) => (): unknown => Number(call()) * 2;

  test.each([
    ["of the object", () => ({ size: () => 2 })],
    ["of its class", () => new (class { size = (): number => 2; })()], // prettier-ignore
    ["of the prototype", () => Object.create({ size: () => 2 }) as { size(): number }],
  ])("%s are back after `restore`", (_title, create) => {
    const subject = create();
    const before = Object.getOwnPropertyDescriptor(subject, "size");
    const { object, restore } = replaceMethods(subject, ["size", "missing"], double);
    expect(object).toBe(subject);
    expect(subject.size()).toBe(4);
    restore();
    expect(subject.size()).toBe(2);
    expect(Object.getOwnPropertyDescriptor(subject, "size")).toEqual(before);
    expect("missing" in subject).toBe(false);
  });

  test("do not become enumerable", () => {
    const subject = new (class {
      size(): number {
        return 2;
      }
    })();
    replaceMethods(subject, ["size"], double);
    expect(Object.keys(subject)).toEqual([]);
  });

  test("stay where a later wrapper was added: it calls a method that still works", () => {
    const subject = { size: () => 2 };
    const { restore } = replaceMethods(subject, ["size"], double);
    const first = subject.size;
    const later = (): number => first() + 1;
    subject.size = later;
    restore();
    expect(subject.size).toBe(later);
    expect(subject.size()).toBe(5);
  });

  test.each([
    ["frozen", (subject: { size(): number }) => Object.freeze(subject)],
    [
      "a proxy that ignores new properties",
      (subject: { size(): number }) => new Proxy(subject, { defineProperty: () => true }),
    ],
    [
      "a proxy that refuses them",
      (subject: { size(): number }) => new Proxy(subject, { defineProperty: () => false }),
    ],
  ])("of an object that is %s are on a stand-in, and the object is as before", (_title, fix) => {
    const subject = fix({ size: () => 2 });
    const { object, restore } = replaceMethods(subject, ["size"], double);
    expect(object).not.toBe(subject);
    expect([(object as typeof subject).size(), subject.size()]).toEqual([4, 2]);
    restore();
    expect((object as typeof subject).size()).toBe(4);
  });
});
