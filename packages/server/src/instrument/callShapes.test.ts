/* oxlint-disable unicorn/no-thenable -- the objects of drivers and query builders have one */
import { EventEmitter, once } from "node:events";
import { PassThrough, Readable } from "node:stream";
import { runInNewContext } from "node:vm";
import { defineCatalog } from "@rumkit/protocol";
import { describe, expect, onTestFinished, test } from "vitest";
import { changes, scrape } from "../../../../test/support/scrape.ts";
import { createCollector } from "../collector/createCollector.ts";

/**
 * Everything that a call can return, through every instrument that follows calls: the app gets what it would get
 * without us, and each call is counted once, as what it was.
 */

const catalog = defineCatalog({ app: "shop", routes: ["/"], jobs: { work: { help: "Work." } } });

/** The outcome of one call: `[done, error, in flight]`. */
type Counted = readonly [done: number, error: number, inFlight: number];

interface Shape {
  readonly call: () => unknown;
  /** Uses the result as an app does; returns what it saw. */
  readonly use?: (result: never) => unknown;
  readonly counted: Counted;
  /** The numbers of queries, if they differ. */
  readonly query?: Counted;
  /** The very object is given back. Default true; a copy is given of promises that run already. */
  readonly isSame?: boolean;
}

const DONE: Counted = [1, 0, 0];
const ERROR: Counted = [0, 1, 0];
const NOTHING: Counted = [0, 0, 0];

const failure = new Error("broken");
const fail = (): never => {
  throw failure;
};

/** A query builder, as those of Drizzle and Knex: its query runs with each `then`. */
class Builder {
  runs = 0;
  readonly #rows: readonly number[];
  constructor(rows: readonly number[] = [1]) {
    this.#rows = rows;
  }
  where(): this {
    return this;
  }
  then<T>(onDone?: (rows: number) => T, onError?: (error: unknown) => T): Promise<unknown> {
    this.runs += 1;
    return Promise.resolve(this.#rows.length > 0 ? this.runs : Promise.reject(failure)).then(onDone, onError);
  }
}

/** A lazy promise, as those of postgres.js: a subclass whose query runs with the first handler. */
class LazyPromise extends Promise<number> {
  static override get [Symbol.species](): PromiseConstructor {
    return Promise;
  }
  runs = 0;
  #resolve: (value: number) => void;
  constructor() {
    let resolve: (value: number) => void = () => {};
    super((given) => {
      resolve = given;
    });
    this.#resolve = resolve;
  }
  values(): this {
    return this;
  }
  #run(): void {
    this.runs += 1;
    this.#resolve(this.runs);
  }
  override then(...handlers: never[]): never {
    this.#run();
    return super.then(...handlers) as never;
  }
  override catch(...handlers: never[]): never {
    this.#run();
    return super.catch(...handlers) as never;
  }
}

/** A promise whose class is not the standard's, as Bluebird's. */
class LibraryPromise {
  static resolve = (value: unknown): LibraryPromise => new LibraryPromise(Promise.resolve(value));
  static all = (): void => {};
  readonly #inner: Promise<unknown>;
  constructor(inner: Promise<unknown>) {
    this.#inner = inner;
  }
  then(onDone?: (value: unknown) => unknown, onError?: (error: unknown) => unknown): LibraryPromise {
    return new LibraryPromise(this.#inner.then(onDone, onError));
  }
  tap(): this {
    return this;
  }
}

/** Prisma's: nothing runs before `then`, `catch` or `finally`, none of which calls another. */
function prismaPromise(run: () => Promise<number>): object {
  return Object.assign(Object.create(null) as object, {
    then: (...handlers: never[]) => run().then(...handlers),
    catch: (...handlers: never[]) => run().catch(...handlers),
    finally: (...handlers: never[]) => run().finally(...handlers),
  });
}

/** mysql2's query object, whose `then` throws. */
class CallbackQuery extends EventEmitter {
  onResult: ((error: unknown, rows?: number) => void) | undefined;
  constructor(callback?: (error: unknown, rows?: number) => void) {
    super();
    this.onResult = callback;
  }
  then(): never {
    throw new TypeError("this is not a promise");
  }
  answer(error: unknown): this {
    process.nextTick(() => {
      if (this.onResult) this.onResult(error, 1);
      else if (error) this.emit("error", error);
      this.emit("end");
    });
    return this;
  }
}

/** A promise with state that its constructor makes, as web3's: a copy has another emitter, and no process. */
class Transaction extends Promise<number> {
  readonly #emitter = new EventEmitter();
  readonly #process: { kill(): string } | undefined;
  constructor(work: ConstructorParameters<typeof Promise<number>>[0], process?: { kill(): string }) {
    super(work);
    this.#process = process;
  }
  on(name: string, listener: () => void): this {
    this.#emitter.on(name, listener);
    return this;
  }
  emit(name: string): boolean {
    return this.#emitter.emit(name);
  }
  kill(): string | undefined {
    return this.#process?.kill();
  }
}

/** Rows of postgres.js' `cursor()`: an iterable without `next`, whose query runs as it is read. */
function cursor(broken: boolean): AsyncIterable<number> {
  return { [Symbol.asyncIterator]: () => pages(broken) };
}

const settle = async (result: unknown): Promise<unknown> => {
  try {
    return await result;
  } catch (error) {
    return error;
  }
};

const readAll = async (stream: AsyncIterable<unknown>): Promise<unknown> => {
  try {
    const rows: unknown[] = [];
    for await (const row of stream) rows.push(row);
    return rows;
  } catch (error) {
    return error;
  }
};

const rowsOf = (items: Iterable<unknown>): unknown[] => [...items];

async function* pages(broken: boolean): AsyncGenerator<number> {
  yield 1;
  if (broken) fail();
}

const shapes: Readonly<Record<string, Shape>> = {
  "a value": { call: () => 42, counted: DONE },
  nothing: { call: () => undefined, counted: DONE },
  null: { call: () => null, counted: DONE },
  "an error that is returned": { call: () => failure, counted: DONE },
  "a function": { call: () => rowsOf, counted: DONE },
  "a frozen object": { call: () => Object.freeze({ rows: 1 }), counted: DONE },
  "an array": { call: () => [1, 2], use: rowsOf, counted: DONE },
  "an instance with private fields": { call: () => new Map([[1, 2]]), use: rowsOf, counted: DONE },
  "a proxy that was revoked": {
    call: () => {
      const { proxy, revoke } = Proxy.revocable({}, {});
      revoke();
      return proxy;
    },
    counted: DONE,
  },
  "an object whose getter throws": {
    call: () => Object.defineProperty({}, "then", { get: fail }),
    counted: DONE,
  },
  "a throw": { call: fail, counted: ERROR },
  "a promise": { call: async () => 1, use: settle, counted: DONE, isSame: false },
  "a rejection": { call: async () => fail(), use: settle, counted: ERROR, isSame: false },
  "a frozen promise": {
    call: () => Object.freeze(Promise.resolve(1)),
    use: settle,
    counted: DONE,
    isSame: false,
  },
  "a promise of another realm": {
    call: () => runInNewContext("Promise.resolve(1)") as unknown,
    use: settle,
    counted: DONE,
    isSame: false,
  },
  "a rejection of another realm": {
    call: () => runInNewContext("Promise.reject(1)") as unknown,
    use: settle,
    counted: ERROR,
    isSame: false,
  },
  "a promise with more to it": {
    call: () => Object.assign(Promise.resolve(1), { child: "process" }),
    use: (result: Promise<number> & { child: string }) => [result.child],
    counted: DONE,
    isSame: false,
  },
  "a promise of a library": {
    call: () => LibraryPromise.resolve(1),
    use: (result: LibraryPromise) => settle(result.tap()),
    counted: DONE,
    isSame: false,
  },
  "a promise of a class with state": {
    call: () => {
      const transaction = new Transaction((resolve) => resolve(1), { kill: () => "killed" });
      process.nextTick(() => transaction.emit("sent"));
      return transaction;
    },
    use: async (result: Transaction) => {
      const sent = new Promise((resolve) => result.on("sent", () => resolve("sent")));
      const isSame = result.on("sent", () => {}) === result;
      return [await sent, await result, result.kill(), result instanceof Transaction, isSame];
    },
    counted: DONE,
    isSame: false,
  },
  "a rejection of a class with state": {
    call: () => new Transaction((_resolve, reject) => reject(failure)),
    use: (result: Transaction) => settle(Promise.allSettled([result, result.finally(() => {})])),
    counted: ERROR,
    isSame: false,
  },
  "a lazy promise": {
    call: () => new LazyPromise(),
    use: async (result: LazyPromise) => [await settle(result.values()), result.runs],
    counted: DONE,
  },
  "a lazy promise that is only caught": {
    call: () => new LazyPromise(),
    use: (result: LazyPromise) => settle(result.catch(fail as never)),
    counted: DONE,
  },
  "a query builder": {
    call: () => new Builder(),
    use: async (result: Builder) => [await settle(result.where()), result.runs],
    counted: DONE,
  },
  "a query builder that fails": { call: () => new Builder([]), use: settle, counted: ERROR },
  "a query builder that is never asked": { call: () => new Builder(), counted: NOTHING },
  "a query builder that is asked twice": {
    call: () => new Builder(),
    use: async (result: Builder) => [await settle(result), await settle(result), result.runs],
    counted: DONE,
  },
  "a frozen query builder": {
    call: () => {
      const builder = new Builder([]);
      return Object.freeze({ then: builder.then.bind(builder), builder });
    },
    use: async (result: { builder: Builder }) => [await settle(result), result.builder.runs],
    counted: ERROR,
    isSame: false,
  },
  "a proxy of a query builder": {
    call: () => new Proxy({ then: (onDone: (value: number) => void) => onDone(1) }, {}),
    use: settle,
    counted: DONE,
  },
  "a proxy that answers to every name": {
    call: () => {
      const remote = (name: string): unknown =>
        new Proxy(() => {}, {
          get: (_target, key) => remote(`${name}.${String(key)}`),
          apply: (_target, _this, [onDone]: [(value: string) => void]) => onDone(name),
          defineProperty: () => false,
        });
      return remote("api");
    },
    use: settle,
    counted: DONE,
    isSame: false,
  },
  "a query of Prisma": { call: () => prismaPromise(async () => 1), use: settle, counted: DONE },
  "a query of Prisma that fails and is caught": {
    call: () => prismaPromise(async () => fail()),
    use: (result: Promise<number>) => result.catch(() => "caught"),
    counted: ERROR,
  },
  "a query of Prisma with finally": {
    call: () => prismaPromise(async () => 1),
    use: (result: Promise<number>) => result.finally(() => "ignored"),
    counted: DONE,
  },
  "an object whose then throws": {
    call: () => ({ then: fail }),
    use: (result: { then: () => void }) => {
      expect(() => result.then()).toThrow(failure);
      return "thrown";
    },
    counted: ERROR,
  },
  "a query object with a callback, whose then throws": {
    call: () => new CallbackQuery(() => {}).answer(null),
    use: (result: CallbackQuery) => once(result, "end"),
    counted: DONE,
  },
  "a query object with a callback that gets an error": {
    call: () => new CallbackQuery(() => {}).answer(failure),
    use: (result: CallbackQuery) => once(result, "end"),
    counted: ERROR,
  },
  "a query object that tells by events": {
    call: () => new CallbackQuery().answer(null),
    use: (result: CallbackQuery) => once(result, "end"),
    counted: DONE,
  },
  "a query object that tells an error by events": {
    call: () => new CallbackQuery().answer(failure),
    use: (result: CallbackQuery) => once(result, "error"),
    counted: ERROR,
  },
  "a query object that ends without its callback": {
    call: () => {
      const query = new CallbackQuery(() => {});
      process.nextTick(() => query.emit("end"));
      return query;
    },
    use: async (result: CallbackQuery) => {
      await once(result, "end");
      await new Promise(setImmediate);
      await new Promise(setImmediate);
      return [];
    },
    counted: ERROR,
  },
  "a connection, which lives on": { call: () => new EventEmitter(), counted: DONE },
  "the values of a list": { call: () => [1, 2].values(), use: rowsOf, counted: DONE },
  "a generator": {
    call: function* () {
      yield 1;
    },
    use: rowsOf,
    counted: DONE,
  },
  "a generator that throws": {
    call: function* () {
      yield 1;
      fail();
    },
    use: (result: Iterable<number>) => {
      expect(() => rowsOf(result)).toThrow(failure);
      return "thrown";
    },
    counted: ERROR,
  },
  "a generator whose reader stops": {
    call: function* () {
      yield 1;
      yield 2;
    },
    use: ([first]: Iterable<number>) => first,
    counted: DONE,
  },
  "a generator that is never read": {
    call: function* () {
      yield 1;
    },
    counted: NOTHING,
  },
  "a frozen generator": {
    call: () =>
      Object.freeze(
        (function* () {
          yield 1;
        })(),
      ),
    use: rowsOf,
    counted: DONE,
    isSame: false,
  },
  "an async generator": { call: () => pages(false), use: readAll, counted: DONE },
  "an async generator that throws": { call: () => pages(true), use: readAll, counted: ERROR },
  "an iterator": {
    call: () => {
      let left = 2;
      return {
        next: () => ({ done: left === 0, value: left > 0 ? left-- : undefined }),
        [Symbol.iterator]() {
          return this;
        },
      };
    },
    use: rowsOf,
    counted: DONE,
  },
  "a cursor": { call: () => cursor(false), use: readAll, counted: DONE },
  "a cursor that fails": { call: () => cursor(true), use: readAll, counted: DONE, query: ERROR },
  "a cursor that is never read": { call: () => cursor(true), counted: DONE, query: NOTHING },
  "an iterator of rows that is broken": {
    call: () => ({
      next: fail,
      [Symbol.iterator]() {
        return this;
      },
    }),
    use: (result: Iterable<number>) => {
      expect(() => rowsOf(result)).toThrow(failure);
      return "thrown";
    },
    counted: DONE,
    query: ERROR,
  },
  "a stream": { call: () => Readable.from([1, 2]), use: readAll, counted: DONE },
  "a stream that is slow": {
    call: () =>
      Readable.from(
        (async function* () {
          for (const row of [1, 2]) {
            await new Promise(setImmediate);
            yield row;
          }
        })(),
      ),
    use: readAll,
    counted: DONE,
  },
  "a stream with an error": {
    call: () => Readable.from([1]).map(fail),
    use: readAll,
    counted: ERROR,
  },
  "a stream whose reader stops": {
    call: () => Readable.from([1, 2, 3]),
    use: async (stream: Readable) => {
      for await (const row of stream) return row as unknown;
      return undefined;
    },
    counted: DONE,
  },
  "a stream that is destroyed": {
    call: () => Readable.from([1, 2, 3]),
    use: async (stream: Readable) => {
      stream.destroy();
      await once(stream, "close");
      return "closed";
    },
    counted: DONE,
  },
  "a stream that was broken before": {
    call: () => {
      const stream = Readable.from([1]);
      stream.on("error", () => {});
      stream.destroy(failure);
      return stream;
    },
    counted: ERROR,
  },
  "a stream that is transformed": {
    call: () => Readable.from(["a", "b"]).pipe(new PassThrough()),
    use: async (stream: Readable) => String(await readAll(stream)),
    counted: DONE,
  },
};

/** A decorator is applied as compilers apply it: they are tried for themselves elsewhere. */
const context = { kind: "method", name: "work" } as ClassMethodDecoratorContext;

async function openCollector() {
  const collector = createCollector({ catalog, runtimeMetrics: false, environment: "production" });
  onTestFinished(() => collector.stop());
  const before = await scrape(collector.app);
  const read = async (families: RegExp): Promise<Readonly<Record<string, number>>> =>
    changes(before, await scrape(collector.app), families);
  const { queryTimer, timed, trackJob, tracked } = collector;
  return {
    queryTimer: (call: () => unknown) => queryTimer("SELECT 1 FROM orders", call),
    timed: (call: () => unknown) => timed("work", call),
    trackJob: (call: () => unknown) => trackJob("work", call)(),
    tracked: (call: () => unknown) => tracked("work")(call, context).call(undefined),
    counted: async (instrument: string): Promise<Counted> => {
      const isQuery = instrument === "queryTimer";
      const outcomes = await read(isQuery ? /^database_queries_total/ : /^job/);
      const of = (outcome: string): number =>
        Object.entries(outcomes)
          .filter(([series]) => series.includes(`outcome="${outcome}"`) && !/bucket|sum/.test(series))
          .reduce((sum, [, value]) => sum + value, 0);
      return [of("done"), of("error"), outcomes['jobs_in_flight{job_name="work"}'] ?? 0];
    },
  };
}

describe.each(["queryTimer", "timed"] as const)("%s lasts until a callback", (instrument) => {
  type Callback = (error: unknown, value?: number) => void;
  type Until = <F>(callback: F) => F;
  async function open() {
    const { counted, queryTimer, timed } = await openCollector();
    const run = (call: (until: Until) => unknown): unknown =>
      (instrument === "timed" ? timed : queryTimer)(call as never);
    // What is in flight is known of jobs only.
    const want = async ([done, error, inFlight]: Counted): Promise<void> =>
      expect(await counted(instrument)).toEqual([done, error, instrument === "timed" ? inFlight : 0]);
    return { run, want };
  }

  test.each<readonly [string, unknown, Counted]>([
    ["that answers", null, DONE],
    ["that gets an error", failure, ERROR],
  ])("%s, and not before", async (_name, error, after) => {
    const { run, want } = await open();
    const calls: unknown[][] = [];
    let answer: Callback | undefined;
    const app = function (this: unknown, ...args: unknown[]): void {
      calls.push([this, ...args]);
    };
    expect(run((until) => void (answer = until(app)))).toBeUndefined();
    expect([answer!.name, answer!.length]).toEqual([app.name, app.length]);
    await want([0, 0, 1]);
    const driver = { answer };
    driver.answer!(error, 7);
    await want(after);
    // A driver that calls back twice has the app called twice, and counts once.
    driver.answer!(failure);
    await want(after);
    expect(calls).toEqual([
      [driver, error, 7],
      [driver, failure],
    ]);
  });

  test("within the call, and what it returns is the app's", async () => {
    const { run, want } = await open();
    const connection = Promise.reject(failure);
    connection.catch(() => {});
    const returned = run((until) => {
      until<Callback>(() => {})(null);
      return connection;
    });
    expect(returned).toBe(connection);
    await want(DONE);
  });

  test("that throws: the call has ended, and the app meets its error", async () => {
    const { run, want } = await open();
    let answer: Callback | undefined;
    run((until) => void (answer = until(fail as Callback)));
    expect(() => answer!(null)).toThrow(failure);
    await want(DONE);
  });

  test("unless the call throws", async () => {
    const { run, want } = await open();
    let answer: Callback = () => {};
    expect(() =>
      run((until) => {
        answer = until<Callback>(() => {});
        return fail();
      }),
    ).toThrow(failure);
    answer(null);
    await want(ERROR);
  });

  test("and until its return where there is none, or where it comes too late", async () => {
    const { run, want } = await open();
    let later: Until | undefined;
    run((until) => {
      expect(until(undefined)).toBeUndefined();
      later = until;
    });
    await want(DONE);
    expect(later!(fail)).toBe(fail);
  });

  test("which a function with defaults is not given", async () => {
    const { run } = await open();
    expect(run(((limit = 10) => limit) as never)).toBe(10);
  });
});

describe.each(["queryTimer", "timed", "trackJob", "tracked"] as const)("%s", (instrument) => {
  test.each(Object.entries(shapes))("%s", async (_name, { call, use, isSame = true, ...expected }) => {
    const { counted, ...instruments } = await openCollector();
    let given: unknown;
    const follow = (): unknown =>
      instruments[instrument](() => {
        given = call();
        return given;
      });
    // What the app sees without us is what it has to see with us.
    const seen = async (run: () => unknown): Promise<unknown> => {
      try {
        const result = run();
        return use ? await use(result as never) : undefined;
      } catch (error) {
        return { thrown: error };
      }
    };
    let result: unknown;
    const watched = await seen(() => (result = follow()));
    expect(watched).toStrictEqual(await seen(call));
    if (given !== undefined) expect(Object.is(result, given)).toBe(isSame);
    const want = (instrument === "queryTimer" && expected.query) || expected.counted;
    await expect.poll(() => counted(instrument)).toEqual(want);
  });
});
