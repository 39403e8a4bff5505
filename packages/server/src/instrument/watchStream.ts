import { errorMonitor } from "node:events";
import type { Readable } from "node:stream";
import { createStandIn } from "@rumkit/client/calls";
import type { StreamOutcome } from "./streamSeries.ts";

/** Observes one stream. */
interface Observer {
  readonly item: (item: unknown) => void;
  /** Only the first call counts. */
  readonly end: (outcome: StreamOutcome) => void;
}

type Begin = () => Observer;

/**
 * Ends streams that the app has dropped without reading them to their end: without it they would be active forever. It
 * holds the functions that end them, which refer to no stream.
 */
const dropped = new FinalizationRegistry<Observer["end"]>((end) => end("canceled"));

/** Observes a stream. Returns the stream to read in its place; undefined if there is none, or it is read already. */
export function watchStream<Source extends object>(source: Source, begin: Begin): Source | undefined {
  const watched = watchAny(source, begin);
  return watched as Source | undefined;
}

function watchAny(source: object, begin: Begin): object | undefined {
  if (source instanceof Response) return watchResponse(source, begin);
  if (isWebStream(source)) return source.locked ? undefined : watchWebStream(source, begin);
  if (isReadable(source)) return watchReadable(source, begin);
  const iterate = [Symbol.asyncIterator, Symbol.iterator].find(
    (key) => typeof Reflect.get(source, key) === "function",
  );
  return iterate && !Array.isArray(source) ? watchIterable(source, iterate, begin) : undefined;
}

function watchResponse(response: Response, begin: Begin): Response | undefined {
  if (!response.body || response.body.locked) return undefined;
  return new Response(watchWebStream(response.body, begin), response);
}

function isWebStream(source: object): source is ReadableStream<unknown> {
  return typeof (source as Partial<ReadableStream>).getReader === "function";
}

/**
 * Reads a stream only when its reader asks (a high-water mark of 0), so that back-pressure stays the same. A stream of
 * bytes stays one, for readers that bring their own buffers.
 */
function watchWebStream<Item>(source: ReadableStream<Item>, begin: Begin): ReadableStream<Item> {
  type Controller = ReadableStreamDefaultController<Item>;
  const isOfBytes = readsBytes(source);
  const reader = source.getReader();
  const { item, end } = begin();
  const start = (controller: Controller | ReadableByteStreamController): void => {
    // An error of the source is its reader's at once, also while it does not ask.
    reader.closed.catch((error: unknown) => {
      end(outcomeOf(error));
      controller.error(error);
    });
  };
  const pull = async (controller: Controller | ReadableByteStreamController): Promise<void> => {
    const { done, value } = await reader.read();
    if (!done) {
      item(value);
      return (controller as Controller).enqueue(value);
    }
    end("done");
    controller.close();
    // A reader that brought a buffer waits until it is given back.
    if ("byobRequest" in controller) controller.byobRequest?.respond(0);
  };
  const cancel = (reason: unknown): Promise<void> => {
    end("canceled");
    return reader.cancel(reason);
  };
  const watched = isOfBytes
    ? (new ReadableStream({ type: "bytes", start, pull, cancel }, { highWaterMark: 0 }) as ReadableStream)
    : new ReadableStream<Item>({ start, pull, cancel }, { highWaterMark: 0 });
  dropped.register(watched, end);
  return watched;
}

function readsBytes(source: ReadableStream<unknown>): boolean {
  try {
    source.getReader({ mode: "byob" }).releaseLock();
    return true;
  } catch {
    return false;
  }
}

function isReadable(source: object): source is Readable {
  return ["pipe", "push", "once"].every((name) => typeof Reflect.get(source, name) === "function");
}

/**
 * Observes a `Readable` by its own `push`, through which each chunk comes: a listener for "data" would make it flow, and
 * `read` is not called while it flows.
 */
function watchReadable(stream: Readable, begin: Begin): Readable | undefined {
  if (stream.destroyed || stream.readableEnded) return undefined;
  const { item, end } = begin();
  const { push } = stream;
  stream.push = function (this: Readable, chunk: unknown, ...rest: [BufferEncoding?]): boolean {
    if (chunk !== null && chunk !== undefined) item(chunk);
    return Reflect.apply(push, this, [chunk, ...rest]);
  };
  stream.once("end", () => end("done"));
  // A listener for "error" would keep an error from being thrown that the app does not handle.
  stream.once(errorMonitor, (error: unknown) => end(outcomeOf(error)));
  stream.once("close", () => end("canceled"));
  dropped.register(stream, end);
  return stream;
}

type Method = (...args: unknown[]) => unknown;

/** Observes an iterator, or the first one that an iterable returns. */
function watchIterable(source: object, iterate: symbol, begin: Begin): object {
  const observer = begin();
  const watchSteps = (iterator: object): object =>
    createStandIn(iterator, (key, call) => watchMethod(key, call, observer));
  // A generator is its own iterator.
  const isIterator = typeof Reflect.get(source, "next") === "function";
  const watched = isIterator ? watchSteps(source) : watchFirst(source, iterate, watchSteps);
  dropped.register(watched, observer.end);
  return watched;
}

/** Returns the same object, with another function that returns iterators; a stand-in for one that is frozen. */
function watchFirst(source: object, iterate: symbol, watchSteps: (iterator: object) => object): object {
  const original = Reflect.get(source, iterate) as Method;
  let isFirst = true;
  const method = (): object => {
    const iterator = Reflect.apply(original, source, []) as object;
    if (!isFirst) return iterator;
    isFirst = false;
    return watchSteps(iterator);
  };
  const property = { value: method, writable: true, configurable: true, enumerable: false };
  if (Reflect.defineProperty(source, iterate, property)) return source;
  return createStandIn(source, (key) => (key === iterate ? method : undefined));
}

function watchMethod(key: string | symbol, call: Method, { item, end }: Observer): Method | undefined {
  if (key !== "next" && key !== "return" && key !== "throw") return undefined;
  const step = (result: unknown): unknown => {
    const { done, value } = (result ?? {}) as Partial<IteratorResult<unknown>>;
    if (key === "return") end("canceled");
    else if (done) end("done");
    else item(value);
    return result;
  };
  const fail = (error: unknown): never => {
    end(outcomeOf(error));
    throw error;
  };
  return (...args) => {
    let result: unknown;
    try {
      result = call(...args);
    } catch (error) {
      return fail(error);
    }
    const { then } = (result ?? {}) as Partial<PromiseLike<unknown>>;
    return typeof then === "function" ? (result as PromiseLike<unknown>).then(step, fail) : step(result);
  };
}

/** A reader that stops, by `break` in `for await` or by its signal, destroys a stream with this error. */
function outcomeOf(error: unknown): StreamOutcome {
  return (error as { name?: unknown } | null | undefined)?.name === "AbortError" ? "canceled" : "error";
}
