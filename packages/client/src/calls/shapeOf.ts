import type { EventEmitter } from "node:events";
import type { Readable } from "node:stream";

/** The kinds of results, by how the end of the call shows. */
export type Shape =
  | { readonly kind: "value" }
  /** A promise whose work has begun already. */
  | { readonly kind: "promise"; readonly result: PromiseLike<unknown> }
  /** An object with `then` whose work may begin with the first `then`, as a query builder's does. */
  | { readonly kind: "lazy"; readonly result: PromiseLike<unknown> }
  | { readonly kind: "iterator"; readonly result: Iterator<unknown> }
  /** Rows that are requested as they are read, by an iterator that does not exist yet: a cursor of `postgres`. */
  | { readonly kind: "iterable"; readonly result: AsyncIterable<unknown> }
  | { readonly kind: "stream"; readonly result: Readable }
  /** A driver's query object, which answers by a callback or by events. */
  | { readonly kind: "command"; readonly result: EventEmitter };

/** Properties that identify the query objects of drivers: `mysql2`, `mysql`, `pg`. */
const COMMAND_KEYS = ["onResult", "_callback", "submit"] as const;

type Loose = { readonly [key: string | symbol]: unknown };

/** Classifies the result of a call. Runs only getters, and throws what they throw. */
export function shapeOf(result: unknown, anyIterator: boolean): Shape {
  if ((typeof result !== "object" || result === null) && typeof result !== "function")
    return { kind: "value" };
  const loose = result as unknown as Loose;
  if (Object.prototype.toString.call(result) === "[object Promise]") {
    const promise = result as unknown as PromiseLike<unknown>;
    return { kind: hasStandardThen(promise) ? "promise" : "lazy", result: promise };
  }
  if (isCommand(loose)) return { kind: "command", result: result as unknown as EventEmitter };
  if (typeof loose["then"] === "function") {
    const promise = result as unknown as PromiseLike<unknown>;
    return { kind: isOfLibrary(loose) ? "promise" : "lazy", result: promise };
  }
  if (isSource(loose)) return { kind: "stream", result: result as unknown as Readable };
  if (isGenerator(result) || (anyIterator && isIterator(loose)))
    return { kind: "iterator", result: result as unknown as Iterator<unknown> };
  if (anyIterator && isCursor(loose))
    return { kind: "iterable", result: result as unknown as AsyncIterable<unknown> };
  return { kind: "value" };
}

/** True if `then` is the standard one, of any realm: the work of such a promise has begun already. */
function hasStandardThen(promise: object): boolean {
  let owner: object | null = promise;
  while (owner && !Object.hasOwn(owner, "then")) owner = Reflect.getPrototypeOf(owner);
  // `Promise.prototype` is right below `Object.prototype` in the chain.
  const above = owner && Reflect.getPrototypeOf(owner);
  return above !== null && Reflect.getPrototypeOf(above) === null;
}

/** True for a promise of a library (Bluebird, zone.js): its class has the static methods of the standard one. */
function isOfLibrary(promise: Loose): boolean {
  const { resolve, all } = (promise["constructor"] ?? {}) as unknown as Loose;
  return typeof resolve === "function" && typeof all === "function";
}

function isCommand(result: Loose): boolean {
  return typeof result["once"] === "function" && COMMAND_KEYS.some((key) => key in result);
}

/**
 * True for a readable stream and for a transform. Not for other streams that are writable too: a socket stays open.
 */
function isSource(result: Loose): boolean {
  const isReadable = ["pipe", "read", "once"].every((name) => typeof result[name] === "function");
  return isReadable && (typeof result["write"] !== "function" || typeof result["_transform"] === "function");
}

/** True for an object that can only be iterated. One with `next` or `getReader` may be read without its iterator. */
function isCursor(result: Loose): boolean {
  const others = ["next", "getReader"].some((name) => typeof result[name] === "function");
  return typeof result[Symbol.asyncIterator] === "function" && !others;
}

function isGenerator(result: object): boolean {
  return /^\[object (?:Async)?Generator\]$/.test(Object.prototype.toString.call(result));
}

function isIterator(result: Loose): boolean {
  if (typeof result["next"] !== "function") return false;
  const iterate = result[Symbol.iterator] ?? result[Symbol.asyncIterator];
  return typeof iterate === "function" && Reflect.apply(iterate, result, []) === result;
}
