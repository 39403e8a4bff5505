import { optionsIn } from "../base/looseValue.ts";
import { Rejection } from "../base/rejection.ts";
import type { ChildOf } from "../metrics/recorder.ts";
import type { ReadAtScrape } from "./gaugeReaders.ts";
import { createStreamCounters, type RunningStream } from "./streamSeries.ts";
import { watchStream } from "./watchStream.ts";

/** The item type of a stream; `unknown` if its type does not show it. */
type ItemOf<Source> =
  Source extends ReadableStream<infer Item>
    ? Item
    : Source extends Response
      ? Uint8Array
      : Source extends AsyncIterable<infer Item>
        ? Item
        : unknown;

export interface StreamOptions<Item> {
  /** The route of the request that is answered: the `endpoint` of `/metrics/stream`. Default none. */
  readonly route?: string | undefined;
  /** The model that generates the answer. 200 combinations of name, route and model count, later ones as `__other__`. */
  readonly model?: string | undefined;
  /** Returns the number of tokens, or of other units, in an item. Default 1 for each item. */
  readonly tokens?: ((item: Item) => number) | undefined;
  /** The time at which the request came, by `performance.now()`. Default the time of the call. */
  readonly startedAt?: number | undefined;
}

export interface Streams {
  /**
   * Counts a streamed answer: active from this call to its end, the time to its first item, its items (tokens, if
   * `tokens` counts them) and their rate, and its outcome: `done`, `error`, or `canceled` if its reader left. For a web
   * `ReadableStream`, a `Response` that has one, an async iterable, and a `Readable` of Node.
   *
   * Returns the stream to read in its place. Errors, cancellation and back-pressure pass through; a `Readable` and an
   * iterable are the same object.
   *
   * @example
   * return new Response(trackStream("chat", answer, { route: "/v1/chat", model, tokens: (chunk) => chunk.tokens }));
   */
  readonly trackStream: <Source extends object>(
    name: string,
    source: Source,
    options?: StreamOptions<ItemOf<Source>>,
  ) => Source;
  /**
   * Counts the tokens of an answer that is sent whole, beside those of streams with this name: together they are the
   * rate of tokens of a route and a model. No stream begins or ends. An amount that is negative or not finite adds 0.
   *
   * @example trackTokens("chat", usage.completion_tokens, { route: "/v1/chat", model });
   */
  readonly trackTokens: (
    name: string,
    tokens: number,
    options?: Pick<StreamOptions<unknown>, "route" | "model">,
  ) => void;
}

/** @param reject Called with a source that is not a stream. It is returned as it is. */
export function createStreams(
  childOf: ChildOf,
  readAtScrape: ReadAtScrape,
  reject: (rejection: Rejection) => void,
): Streams {
  const counters = createStreamCounters(childOf, readAtScrape);
  return {
    trackStream: (name, source, options) => {
      const { route, model, startedAt, tokens } = optionsIn(options);
      const count = tokens as ((item: unknown) => number) | undefined;
      const from = Number.isFinite(startedAt) ? startedAt! : performance.now();
      const watched = watchStream(source, () => {
        const running = counters.begin({ stream: name, route, model }, from);
        return { item: (item) => running.item(countOf(item, count)), end: running.end };
      });
      if (watched) return watched;
      const fault = `trackStream("${name}") needs a stream that is not locked.`;
      reject(new Rejection("bad_event", fault));
      return source;
    },
    trackTokens: (name, tokens, options) => {
      const { route, model } = optionsIn(options);
      counters.add({ stream: name, route, model }, countable(tokens));
    },
  };
}

/** `tokens` is code of the app: it may throw, and return any value. */
function countOf(
  item: unknown,
  tokens: ((item: unknown) => number) | undefined,
): Parameters<RunningStream["item"]>[0] {
  if (typeof tokens !== "function") return 1;
  try {
    return countable(tokens(item));
  } catch {
    return 0;
  }
}

function countable(tokens: number): number {
  return Number.isFinite(tokens) && tokens >= 0 ? tokens : 0;
}
