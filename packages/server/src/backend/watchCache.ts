import { types } from "node:util";
import { followSettling } from "../calls/followCall.ts";
import type { End } from "../calls/running.ts";
import { createStandIn } from "../calls/standIn.ts";
import {
  type CacheMethod,
  cacheMethod,
  type CacheOperation,
  type CacheOutcome,
  outcomesOf,
} from "./cacheMethods.ts";

type CountOperation = (operation: CacheOperation, outcome: CacheOutcome) => void;
type Method = (...args: unknown[]) => unknown;

/** A cache that counts what is done with it: an object that stands for the cache, which itself stays untouched. */
export function watchCache<Cache extends object>(cache: Cache, count: CountOperation): Cache {
  // What such a map holds may be a promise: it is a value that was found, and not an answer to come.
  const isMap = types.isMap(cache) || types.isWeakMap(cache);
  return createStandIn(cache, (key, call) => {
    if (key === "pipeline" || key === "multi") return (...args) => watchPipeline(call(...args), count);
    const method = cacheMethod(key);
    if (!method) return undefined;
    return (...args) => {
      const end: End = (outcome, value) => {
        if (outcome === "error") count(method.operation, "error");
        else for (const each of outcomesOf(method, args, value)) count(method.operation, each);
      };
      return countCall(call, args, method.operation, isMap, end);
    };
  });
}

function countCall(
  call: Method,
  args: readonly unknown[],
  operation: CacheOperation,
  isMap: boolean,
  end: End,
): unknown {
  let ended = false;
  const endOnce: End = (outcome, value) => {
    if (!ended) end(outcome, value);
    ended = true;
  };
  const callback = args.at(-1);
  const isCalledBack = typeof callback === "function" && args.length >= (operation === "set" ? 3 : 2);
  try {
    if (!isCalledBack) {
      const result = call(...args);
      if (!isMap) return followSettling(result, { end: endOnce });
      endOnce("done", result);
      return result;
    }
    const result = call(...args.slice(0, -1), withAnswer(callback as Method, endOnce));
    return isAnswer(result) ? followSettling(result, { end: endOnce }) : result;
  } catch (error) {
    endOnce("error");
    throw error;
  }
}

/**
 * A callback that says what came of its call. One that loads what is missing is called with the key, or with nothing:
 * then it was a miss.
 */
function withAnswer(callback: Method, end: End): Method {
  return function (this: unknown, ...answer) {
    const [error, value] = answer;
    if (typeof error === "object" && error !== null) end("error");
    else end("done", typeof error === "string" ? undefined : value);
    return Reflect.apply<unknown, unknown[], unknown>(callback, this, answer);
  };
}

/** False for what clients return where a callback gets the answer: nothing, themselves, whether there was room. */
function isAnswer(result: unknown): boolean {
  if (result === undefined || result === null || typeof result === "boolean") return false;
  return typeof (result as { get?: unknown }).get !== "function";
}

/**
 * A pipeline of Redis (`ioredis`, `redis`), whose commands are answered together by `exec`: each in its place, with
 * `ioredis` as `[error, value]`.
 */
function watchPipeline(pipeline: unknown, count: CountOperation): unknown {
  if (typeof pipeline !== "object" || pipeline === null || !("exec" in pipeline)) return pipeline;
  const commands: { readonly method: CacheMethod | undefined; readonly args: readonly unknown[] }[] = [];
  return createStandIn(pipeline, (key, call) => (...args) => {
    if (key !== "exec") {
      const result = call(...args);
      // What queues a command returns the pipeline.
      if (result === pipeline && key !== "multi" && key !== "on")
        commands.push({ method: cacheMethod(key), args });
      return result;
    }
    const queued = commands.splice(0);
    const end: End = (outcome, answers) => {
      const pairs = Array.isArray(answers) ? (answers as readonly unknown[]) : [];
      const isPaired = pairs.every((answer) => Array.isArray(answer) && answer.length === 2);
      queued.forEach(({ method, args: asked }, index) => {
        if (!method) return;
        const answer = pairs[index];
        const [error, value] =
          isPaired && Array.isArray(answer) ? (answer as unknown[]) : [undefined, answer];
        const failed =
          outcome === "error" || pairs.length !== queued.length || error || types.isNativeError(value);
        if (failed) count(method.operation, "error");
        else for (const each of outcomesOf(method, asked, value)) count(method.operation, each);
      });
    };
    try {
      return followSettling(call(...args), { end });
    } catch (error) {
      end("error");
      throw error;
    }
  });
}
