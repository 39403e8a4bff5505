import { randomUUID } from "node:crypto";
import type { KeptRecord, Records } from "../brokers/broker.ts";
import { isObject } from "../base/shape.ts";

export interface LeaseOptions {
  readonly records: Records;
  /** The key of its record: `lease.live`. */
  readonly key: string;
  /** The name of this process, for people who read the record. */
  readonly owner: string;
  /** Milliseconds without a renewal after which another process takes it. Default 5,000. */
  readonly ttlMs?: number | undefined;
  /** A clock in milliseconds that never goes backwards. Default `performance.now`. */
  readonly now?: (() => number) | undefined;
  /** Receives what `step` could not do: a log that is away. Default: nothing does. */
  readonly onFault?: ((error: unknown) => void) | undefined;
}

/** The right to lead, which at most one of several processes holds. */
export interface Lease {
  /**
   * The fencing token while this process holds the lease, undefined otherwise. Rises with each new holder. Read it before
   * everything that only the holder may do: after a pause of the process it is undefined at once.
   */
  readonly token: number | undefined;
  /** The name in the record at the last step; undefined before the first one. */
  readonly holder: string | undefined;
  /** Renews the lease, or takes it if it is free. Call it five times per `ttlMs`. Never rejects. */
  step(): Promise<number | undefined>;
  /** Lets another process take it at once. Never rejects. */
  release(): Promise<void>;
}

/** The share of the time to live after which a holder stops: clocks of two machines do not run equally fast. */
const TRUST = 0.9;

/** The text of the record. */
interface LeaseRecord {
  readonly owner: string;
  /** Tells two processes of one name apart. */
  readonly instance: string;
  readonly token: number;
  /** True once the holder has given it up. */
  readonly isFree: boolean;
}

/** The record that a challenger watches: while its revision does not change, its holder is silent. */
interface Watched {
  readonly revision: number;
  /** When this revision was first seen. */
  readonly since: number;
}

interface Held {
  readonly token: number;
  readonly revision: number;
  readonly until: number;
}

/**
 * Creates a lease over records. No two clocks are compared: a challenger measures by its own how long the record's revision
 * stays the same, and then replaces exactly this revision.
 *
 * A holder whose clock stood still, in a suspended machine, may act once more: what it writes must be refused by its token,
 * as `createFencedRecords` does.
 */
export function createLease(options: LeaseOptions): Lease {
  return new RecordLease(options);
}

class RecordLease implements Lease {
  readonly #options: LeaseOptions;
  readonly #instance = randomUUID();
  readonly #ttlMs: number;
  readonly #now: () => number;
  #held: Held | undefined;
  #watched: Watched | undefined;
  #holder: string | undefined;
  #step: Promise<number | undefined> | undefined;

  constructor(options: LeaseOptions) {
    this.#options = options;
    this.#ttlMs = options.ttlMs ?? 5_000;
    this.#now = options.now ?? (() => performance.now());
  }

  get token(): number | undefined {
    return this.#held && this.#now() < this.#held.until ? this.#held.token : undefined;
  }

  get holder(): string | undefined {
    return this.#holder;
  }

  step(): Promise<number | undefined> {
    return (this.#step ??= this.#runStep().finally(() => (this.#step = undefined)));
  }

  async release(): Promise<void> {
    await this.#step;
    const held = this.#held;
    this.#held = undefined;
    if (!held) return;
    await this.#write(held.token, held.revision, true).catch((error: unknown) =>
      this.#options.onFault?.(error),
    );
  }

  async #runStep(): Promise<number | undefined> {
    try {
      if (!this.#held || !(await this.#renew(this.#held))) await this.#challenge();
    } catch (error) {
      this.#options.onFault?.(error);
    }
    return this.token;
  }

  /** Also after its time: while the record has the same revision, no other process has held it. */
  async #renew(held: Held): Promise<boolean> {
    if (await this.#take(held.token, held.revision)) return true;
    this.#held = undefined;
    return false;
  }

  async #challenge(): Promise<void> {
    const asked = this.#now();
    const { key, records } = this.#options;
    const kept = await records.read(key);
    if (!kept) return void (await this.#take(1, 0));
    const found = readLease(kept);
    this.#holder = found.isFree ? undefined : found.owner;
    // Its own write, whose answer was lost.
    const isMine = found.instance === this.#instance && !found.isFree;
    if (isMine) return void (await this.#take(found.token, kept.revision));
    if (kept.revision !== this.#watched?.revision)
      this.#watched = { revision: kept.revision, since: this.#now() };
    if (found.isFree || asked - this.#watched.since >= this.#ttlMs)
      await this.#take(found.token + 1, kept.revision);
  }

  /** Returns false if another revision is current. */
  async #take(token: number, revision: number): Promise<boolean> {
    // The time before it was sent: a challenger sees the new revision later.
    const until = this.#now() + this.#ttlMs * TRUST;
    const written = await this.#write(token, revision, false);
    if (written === undefined) return false;
    this.#held = { token, revision: written, until };
    this.#holder = this.#options.owner;
    return true;
  }

  #write(token: number, revision: number, isFree: boolean): Promise<number | undefined> {
    const { key, owner, records } = this.#options;
    const record: LeaseRecord = { owner, instance: this.#instance, token, isFree };
    return records.write(key, JSON.stringify(record), revision);
  }
}

function readLease({ key, text }: KeptRecord): LeaseRecord {
  const value: unknown = JSON.parse(text);
  if (!isObject(value) || !Number.isSafeInteger(value["token"]))
    throw new TypeError(`[rumkit] The record ${key} of the log is not a lease.`);
  return value as unknown as LeaseRecord;
}
