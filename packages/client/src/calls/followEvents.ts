import type { EventEmitter } from "node:events";
import type { Readable } from "node:stream";
import type { End } from "./running.ts";

/**
 * Follows a stream that is read to its end, or until its reader stops, which is no error. The reader's own time is
 * part of it: a stream waits for who reads it.
 */
export function followStream(stream: Readable, end: End): void {
  if (stream.destroyed || stream.readableEnded) return end(stream.errored ? "error" : "done");
  followEvents(stream, end);
}

export type Callback = (error: unknown, ...rest: unknown[]) => unknown;

/** Where drivers keep the callback of a query object: `mysql2`, `mysql`, `pg`. */
const CALLBACKS = ["onResult", "_callback", "callback"];

/** Follows a driver's query object, by its callback where it has one, and by its events. */
export function followCommand(command: EventEmitter, end: End): void {
  const fields = command as unknown as Record<string, unknown>;
  const key = CALLBACKS.find((name) => typeof fields[name] === "function");
  if (key === undefined) return followEvents(command, end);
  fields[key] = withEnd(fields[key] as Callback, end);
  // `mysql2` tells the app's callback of a fault in preparing, and not the object's; otherwise that is called by the next tick.
  command.once("end", () => setImmediate(() => end("error")));
}

function followEvents(emitter: EventEmitter, end: End): void {
  emitter.once("end", () => end("done"));
  const errors = errorEventOf(emitter);
  if (errors) emitter.once(errors, (error: unknown) => end(isAbort(error) ? "done" : "error"));
  emitter.once("close", () => end("done"));
}

/**
 * The event of Node's emitters by which errors are watched: a listener of "error" would keep one that the app does not
 * handle from being thrown. Not imported, since the client runs where there is no `node:events`.
 */
function errorEventOf(emitter: object): symbol | undefined {
  for (let at: object | null = emitter; at; at = Reflect.getPrototypeOf(at)) {
    const { errorMonitor } = at.constructor as { readonly errorMonitor?: unknown };
    if (typeof errorMonitor === "symbol") return errorMonitor;
  }
  return undefined;
}

/** A reader that stops, by `break` in `for await` or by its signal, destroys the stream with this error. */
function isAbort(error: unknown): boolean {
  return (error as { name?: unknown } | null | undefined)?.name === "AbortError";
}

/** A callback that says how its query ended before it runs. */
export function withEnd(callback: Callback, end: End): Callback {
  return function (this: unknown, ...args) {
    end(args[0] ? "error" : "done", args[1]);
    return Reflect.apply(callback, this, args);
  };
}
