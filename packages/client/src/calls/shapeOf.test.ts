/* oxlint-disable unicorn/no-thenable -- the objects of query builders have one */
import { EventEmitter } from "node:events";
import { Duplex, PassThrough, Readable, Writable } from "node:stream";
import { runInNewContext } from "node:vm";
import { expect, test } from "vitest";
import { shapeOf } from "./shapeOf.ts";

class Own extends Promise<number> {}
class Lazy extends Promise<number> {
  override then<A, B>(...handlers: Parameters<Promise<number>["then"]>): Promise<A | B> {
    return super.then(...handlers) as Promise<A | B>;
  }
}
class Library {
  static resolve = (): void => {};
  static all = (): void => {};
  then = (): void => {};
}
const emitter = (properties: object): object => Object.assign(new EventEmitter(), properties);
function* generate(): Generator<number> {
  yield 1;
}

test.each<[title: string, result: unknown, kind: string]>([
  ["undefined", undefined, "value"],
  ["null", null, "value"],
  ["a number", 7, "value"],
  ["an object", {}, "value"],
  ["an array, which can be iterated", [1], "value"],
  ["a function", () => 1, "value"],
  ["a promise", Promise.resolve(1), "promise"],
  ["a promise of a subclass", Own.resolve(1), "promise"],
  ["a promise of another realm", runInNewContext("Promise.resolve(1)"), "promise"],
  ["a promise of a library", new Library(), "promise"],
  ["a promise whose `then` begins the work", new Lazy(() => {}), "lazy"],
  ["a query builder", { then: () => {} }, "lazy"],
  ["a function with `then`", Object.assign(() => 1, { then: () => {} }), "lazy"],
  ["a generator", generate(), "iterator"],
  ["a readable stream", Readable.from([]), "stream"],
  ["a transform", new PassThrough(), "stream"],
  ["a socket, which stays open", new Duplex(), "value"],
  ["a writable stream", new Writable(), "value"],
  ["an emitter", new EventEmitter(), "value"],
  ["a query of mysql2", emitter({ onResult: () => {} }), "command"],
  ["a query of mysql", emitter({ _callback: () => {} }), "command"],
  ["a query of pg", emitter({ submit: () => {} }), "command"],
  ["a query of mysql2, whose `then` throws", emitter({ onResult: () => {}, then: () => {} }), "command"],
])("%s is a %s", (_title, result, kind) => {
  expect(shapeOf(result, false).kind).toBe(kind);
});

test("an iterator that is not a generator counts as one only where every iterator is asked for", () => {
  const iterator = [1].values();
  expect([shapeOf(iterator, false).kind, shapeOf(iterator, true).kind]).toEqual(["value", "iterator"]);
  // A list gives a new iterator each time: nothing of it has begun.
  expect(shapeOf([1], true).kind).toBe("value");
});

test("what a getter throws is thrown: the app gets the same", () => {
  const throwing = {
    get then(): never {
      throw new Error("of the app");
    },
  };
  expect(() => shapeOf(throwing, false)).toThrow("of the app");
});
