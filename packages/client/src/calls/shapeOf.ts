import type { EventEmitter } from "node:events";
import type { Readable } from "node:stream";

/** How the result of a call tells that it has ended. */
export type Shape =
  | { readonly kind: "value" }
  /** A promise that is settled by work that has begun already. */
  | { readonly kind: "promise"; readonly result: PromiseLike<unknown> }
  /** An object with `then` whose work may begin with its first `then`, as query builders' does. */
  | { readonly kind: "lazy"; readonly result: PromiseLike<unknown> }
  | { readonly kind: "iterator"; readonly result: Iterator<unknown> }
  | { readonly kind: "stream"; readonly result: Readable }
  /** A query of a driver that answers by a callback, or by events. */
  | { readonly kind: "command"; readonly result: EventEmitter };

/** Properties by which drivers' query objects are known: `mysql2`, `mysql`, `pg`. */
const COMMAND_KEYS = ["onResult", "_callback", "submit"] as const;

type Loose = { readonly [key: string | symbol]: unknown };

/** Looks at the result of a call. Runs nothing but getters; what these throw is thrown. */
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
  return { kind: "value" };
}

/** True where `then` is the standard's, of whichever realm: such a promise was begun by what made it. */
function hasStandardThen(promise: object): boolean {
  let owner: object | null = promise;
  while (owner && !Object.hasOwn(owner, "then")) owner = Reflect.getPrototypeOf(owner);
  // `Promise.prototype` is the one that stands right below `Object.prototype`.
  const above = owner && Reflect.getPrototypeOf(owner);
  return above !== null && Reflect.getPrototypeOf(above) === null;
}

/** A promise of a library (Bluebird, zone.js): its class has what the standard's has. */
function isOfLibrary(promise: Loose): boolean {
  const { resolve, all } = (promise["constructor"] ?? {}) as unknown as Loose;
  return typeof resolve === "function" && typeof all === "function";
}

function isCommand(result: Loose): boolean {
  return typeof result["once"] === "function" && COMMAND_KEYS.some((key) => key in result);
}

/** A stream that is read: of those that are written to, only one that transforms. A socket lives on. */
function isSource(result: Loose): boolean {
  const isReadable = ["pipe", "read", "once"].every((name) => typeof result[name] === "function");
  return isReadable && (typeof result["write"] !== "function" || typeof result["_transform"] === "function");
}

function isGenerator(result: object): boolean {
  return /^\[object (?:Async)?Generator\]$/.test(Object.prototype.toString.call(result));
}

function isIterator(result: Loose): boolean {
  if (typeof result["next"] !== "function") return false;
  const iterate = result[Symbol.iterator] ?? result[Symbol.asyncIterator];
  return typeof iterate === "function" && Reflect.apply(iterate, result, []) === result;
}
