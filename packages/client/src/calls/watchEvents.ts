import type { EventEmitter } from "node:events";
import type { Readable } from "node:stream";
import type { End } from "./running.ts";

/**
 * Tracks a stream until it ends or its reader stops, which is not an error. The time includes the reader's own time,
 * because a stream waits for its reader.
 */
export function watchStream(stream: Readable, end: End): void {
  if (stream.destroyed || stream.readableEnded) return end(stream.errored ? "error" : "done");
  watchEvents(stream, end);
}

export type Callback = (error: unknown, ...rest: unknown[]) => unknown;

/** Properties in which drivers keep the callback of a query object: `mysql2`, `mysql`, `pg`. */
const CALLBACKS = ["onResult", "_callback", "callback"];

/** Tracks a driver's query object by its callback, if it has one, and by its events. */
export function watchCommand(command: EventEmitter, end: End): void {
  const fields = command as unknown as Record<string, unknown>;
  const key = CALLBACKS.find((name) => typeof fields[name] === "function");
  if (key === undefined) return watchEvents(command, end);
  fields[key] = withEnd(fields[key] as Callback, end);
  // If preparing fails, `mysql2` calls the app's callback and not the object's. Otherwise the object's is called by the next tick.
  command.once("end", () => setImmediate(() => end("error")));
}

function watchEvents(emitter: EventEmitter, end: End): void {
  emitter.once("end", () => end("done"));
  const errors = errorEventOf(emitter);
  if (errors) emitter.once(errors, (error: unknown) => end(isAbort(error) ? "done" : "error"));
  emitter.once("close", () => end("done"));
}

/**
 * The event of Node's emitters for monitoring errors. A listener for "error" would keep an error from being thrown that
 * the app does not handle. Read from the class and not imported, because edge runtimes have no `node:events`.
 */
function errorEventOf(emitter: object): symbol | undefined {
  for (let at: object | null = emitter; at; at = Reflect.getPrototypeOf(at)) {
    const { errorMonitor } = at.constructor as { readonly errorMonitor?: unknown };
    if (typeof errorMonitor === "symbol") return errorMonitor;
  }
  return undefined;
}

/**
 * True for the error with which a reader destroys a stream when it stops, by `break` in `for await` or by its signal.
 */
function isAbort(error: unknown): boolean {
  return (error as { name?: unknown } | null | undefined)?.name === "AbortError";
}

/** A callback that reports the end of its query before it runs. */
export function withEnd(callback: Callback, end: End): Callback {
  return function (this: unknown, ...args) {
    end(args[0] ? "error" : "done", args[1]);
    return Reflect.apply(callback, this, args);
  };
}
