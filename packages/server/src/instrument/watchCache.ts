import { types } from "node:util";
import { type CacheMethod, cacheMethod, type Call, watchCacheCall, outcomesOf } from "./cacheMethods.ts";
import { type CountOperation, createCommandQueue, isExec } from "./commandQueue.ts";
import { createStandIn, type End, watchSettling } from "@rumkit/client/calls";

/** Creates a cache that counts its operations: an object in place of the cache, which itself stays untouched. */
export function watchCache<Cache extends object>(cache: Cache, count: CountOperation): Cache {
  const transaction = createTransaction(count);
  const countCall = createCallCounter(cache, count, transaction);

  return createStandIn(cache, (key, call) => {
    if (key === "pipeline" || key === "multi" || key === "MULTI") {
      return (...args) => {
        const result = call(...args);
        const pipeline = watchPipeline(result, args[0], count);
        if (pipeline || key === "pipeline" || !types.isPromise(result)) return pipeline ?? result;
        return watchSettling(result, { end: transaction.begin() });
      };
    }
    if (key === "exec" || key === "discard") {
      return (...args) => {
        const end = transaction.take();
        return end && key === "exec" ? watchCacheCall(call, args, 1, end) : call(...args);
      };
    }
    return countCall(key, call);
  });
}

/** Returns a function that wraps a method of a cache so that its calls count; undefined for a method that does not. */
function createCallCounter(cache: object, count: CountOperation, transaction: Transaction) {
  // An entry of such a map may be a promise. It is the value that was found, not a pending answer.
  const isMap = types.isMap(cache) || types.isWeakMap(cache);

  const endOf = (method: CacheMethod, args: readonly unknown[]): End => {
    const isThere = method.loads ? peek(cache, args[0]) : undefined;
    return (outcome, value) => {
      if (outcome === "error") count(method.operation, "error");
      else if (isThere === false) count(method.operation, "miss");
      else for (const each of outcomesOf(method, isMap ? [] : args, value)) count(method.operation, each);
    };
  };
  return (key: string | symbol, call: Call): Call | undefined => {
    const method = cacheMethod(key);
    if (!method) return undefined;
    const least = method.operation === "set" ? 3 : 2;
    return (...args) => {
      const end = endOf(method, args);
      if (transaction.isOpen())
        return watchCacheCall(call, args, least, transaction.add(String(key), args, end));
      return isMap ? watchMapCall(call, args, end) : watchCacheCall(call, args, least, end);
    };
  };
}

/** Calls a method of a map, whose result is the entry as it is. */
function watchMapCall(call: Call, args: readonly unknown[], end: End): unknown {
  try {
    const result = call(...args);
    end("done", result);
    return result;
  } catch (error) {
    end("error");
    throw error;
  }
}

type Transaction = ReturnType<typeof createTransaction>;

/** Collects the commands between MULTI and EXEC, if an app sends them one by one: `multi({ pipeline: false })`. */
function createTransaction(count: CountOperation) {
  let queue: ReturnType<typeof createCommandQueue> | undefined;

  /** Ends the transaction. Its queued commands have failed, or never ran. */
  const leave = (left: typeof queue, outcome: "done" | "error"): void => {
    if (queue === left) queue = undefined;
    left?.takeEnd(true)(outcome, null);
  };
  return {
    isOpen: (): boolean => queue !== undefined,
    /** MULTI was sent. Returns a function that ends it by its answer. */
    begin: (): End => {
      const begun = (queue = createCommandQueue(count));
      return (outcome) => void (outcome === "error" && leave(begun, outcome));
    },
    /** Adds a command: the server only answers that it has queued it. */
    add: (name: string, args: readonly unknown[], end: End): End => {
      const of = queue;
      of?.add(name, args);
      return (outcome, value) => {
        if (outcome === "done" && isQueued(value)) return;
        // Either the command is refused, which ends the transaction, or it was answered on another connection.
        leave(of, outcome);
        if (outcome === "done") end(outcome, value);
      };
    },
    /**
     * EXEC or DISCARD is sent: the transaction is over. Returns a function that takes the answer of EXEC; undefined
     * without a transaction.
     */
    take: (): End | undefined => {
      const taken = queue;
      queue = undefined;
      return taken?.takeEnd(true);
    },
  };
}

function isQueued(value: unknown): boolean {
  return value === "QUEUED" || (Buffer.isBuffer(value) && value.toString() === "QUEUED");
}

/** Returns true if a cache has an entry now, without making it recent; undefined if the cache cannot answer that. */
function peek(cache: object, key: unknown): boolean | undefined {
  try {
    const { peek: look } = cache as { readonly peek?: unknown };
    if (typeof look !== "function") return undefined;
    // `lru-cache` can be configured to return stale entries, but loads them again.
    const value: unknown = Reflect.apply(look, cache, [key, { allowStale: false }]);
    return value !== undefined && value !== null;
  } catch {
    return undefined;
  }
}

/**
 * Wraps a pipeline of Redis (`ioredis`, `redis`), whose commands are answered together by `exec`; undefined for an
 * object that is not one. `batch` contains the commands that it begins with.
 */
function watchPipeline(pipeline: unknown, batch: unknown, count: CountOperation): object | undefined {
  if (typeof pipeline !== "object" || pipeline === null || !("exec" in pipeline)) return undefined;
  // Only `ioredis` answers each command with `[error, value]`. The value of another client may also be a list of two.
  const isPaired = "addBatch" in pipeline;
  const queue = createCommandQueue(count);
  queue.addBatch(batch);
  return createStandIn(pipeline, (key, call) => (...args) => {
    if (!isExec(key)) {
      const result = call(...args);
      if (key === "addBatch") queue.addBatch(args[0]);
      // A method that queues a command returns the pipeline.
      else if (result === pipeline && key !== "on") queue.add(String(key), args);
      return result;
    }
    // A pipeline of `ioredis` may contain transactions: their `exec` is a queued command.
    const inner = queue.isInTransaction();
    if (!inner) return watchCacheCall(call, args, 1, queue.takeEnd(isPaired));
    const result = call(...args);
    queue.add("exec", args);
    return result;
  });
}
