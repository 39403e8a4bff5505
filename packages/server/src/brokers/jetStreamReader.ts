import { randomUUID } from "node:crypto";
import type { Msg, Subscription } from "@nats-io/transport-node";
import { BrokerError, type KeptMessage } from "./broker.ts";
import { brokerErrorOf } from "./jetStreamErrors.ts";
import type { JetStreamLink } from "./jetStreamLink.ts";

/** Messages and bytes of one request: what a slow reader holds at most, beside the chunk that it works on. */
const MOST_MESSAGES = 256;
const MOST_BYTES = 4_194_304;

/** Nanoseconds that a request waits for messages, and between two signs of life meanwhile. */
const EXPIRES_NS = 30_000_000_000;
const HEARTBEAT_NS = 1_000_000_000;

/** Milliseconds without a sign of life after which the server counts as gone. */
const SILENCE_MS = 6_000;

/** Nanoseconds after which the server forgets a reader that asks for nothing. */
const FORGET_NS = 120_000_000_000;
/** Milliseconds after which a reader that asked for nothing introduces itself again. */
const IDLE_MS = 60_000;

/** A reader as the server knows it. */
interface Consumer {
  readonly name: string;
  /** Messages that came so far. */
  messages: number;
  /** When it last asked. */
  touched: number;
}

/**
 * Asks a stream for messages, one request at a time. Each loss ends it: a connection that is renewed,
 * a missing message, a silent server.
 */
export class JetStreamReader {
  readonly #link: JetStreamLink;
  readonly #stream: string;
  readonly #inbox: string;
  readonly #subscription: Subscription;
  readonly #forget: () => void;
  #consumer: Consumer | undefined;
  #arrived: KeptMessage[] = [];
  /** Messages that the request under way may still bring. */
  #due = 0;
  #heard = performance.now();
  #fault: BrokerError | undefined;
  #resume: (() => void) | undefined;

  constructor(link: JetStreamLink, stream: string) {
    this.#link = link;
    this.#stream = stream;
    this.#inbox = link.createInbox();
    this.#subscription = link.nats.subscribe(this.#inbox, {
      callback: (error, message) => {
        if (error) this.#fail(brokerErrorOf(error, `read ${stream}`));
        else this.#receive(message);
      },
    });
    this.#forget = link.onLost((error) => this.#fail(error));
  }

  /** Returns what has arrived. Throws what has ended the reading, once all before it is taken. */
  take(): readonly KeptMessage[] {
    if (this.#arrived.length === 0 && this.#fault) throw this.#fault;
    const taken = this.#arrived;
    this.#arrived = [];
    return taken;
  }

  /** Asks for the messages from `next` on, unless it waits for some. */
  async ask(next: number): Promise<void> {
    if (this.#due > 0) return;
    const isForgotten = this.#consumer && performance.now() - this.#consumer.touched > IDLE_MS;
    const consumer = this.#consumer && !isForgotten ? this.#consumer : await this.#introduce(next);
    this.#due = MOST_MESSAGES;
    this.#heard = consumer.touched = performance.now();
    const { nats } = this.#link;
    const subject = `$JS.API.CONSUMER.MSG.NEXT.${this.#stream}.${consumer.name}`;
    nats.publish(subject, requestOf(nats.info?.max_payload ?? 0), { reply: this.#inbox });
  }

  /** Resolves when something has arrived, or `wake` is called. */
  async wait(signal: AbortSignal): Promise<void> {
    if (this.#arrived.length > 0 || this.#fault || signal.aborted) return;
    const timer = setTimeout(() => {
      // What has arrived while this process was busy comes first.
      setImmediate(() => {
        if (performance.now() - this.#heard >= SILENCE_MS) this.#fail(this.#gone("the server is silent"));
        this.wake();
      });
    }, SILENCE_MS);
    await new Promise<void>((resolve) => (this.#resume = resolve));
    clearTimeout(timer);
  }

  readonly wake = (): void => this.#resume?.();

  close(): void {
    this.#forget();
    if (!this.#link.nats.isClosed()) this.#subscription.unsubscribe();
    this.#dismiss();
  }

  #receive(message: Msg): void {
    this.#heard = performance.now();
    const place = placeOf(message.reply);
    if (!place) this.#obey(message.headers?.code ?? 0, message.headers?.description ?? "");
    else if (!this.#consumer || place.order !== this.#consumer.messages + 1)
      this.#fail(this.#gone("a message is missing"));
    else {
      this.#consumer.messages += 1;
      this.#due -= 1;
      this.#arrived.push({ sequence: place.sequence, body: message.data });
    }
    this.wake();
  }

  /** Follows a message of the server itself. */
  #obey(code: number, description: string): void {
    if (code === HEARTBEAT) return;
    this.#due = 0;
    const isOver = code === NO_MESSAGES || code === EXPIRED;
    const isEnough = code === ENDED && /max ?bytes|batch/i.test(description);
    if (!isOver && !isEnough) this.#fail(this.#gone(description || `status ${code}`));
  }

  async #introduce(next: number): Promise<Consumer> {
    this.#dismiss();
    const name = randomUUID();
    await this.#link.ask(`read ${this.#stream}`, () =>
      this.#link.jsm.consumers.add(this.#stream, consumerConfig(name, next)),
    );
    return (this.#consumer = { name, messages: 0, touched: performance.now() });
  }

  #dismiss(): void {
    const { nats, jsm } = this.#link;
    // The server forgets it by itself if this is lost.
    if (this.#consumer && !nats.isClosed())
      void jsm.consumers.delete(this.#stream, this.#consumer.name).catch(() => undefined);
    this.#consumer = undefined;
  }

  #fail(error: BrokerError): void {
    this.#fault ??= error;
    this.wake();
  }

  #gone(reason: string): BrokerError {
    return new BrokerError("gone", `[rumkit] NATS: reading ${this.#stream}: ${reason}.`);
  }
}

/** Statuses of the server. `ENDED` has many reasons. */
const HEARTBEAT = 100;
const NO_MESSAGES = 404;
const EXPIRED = 408;
const ENDED = 409;

/** A reader of one connection that acknowledges nothing: its position is kept elsewhere. */
const consumerConfig = (name: string, next: number) =>
  ({
    name,
    ack_policy: "none",
    deliver_policy: "by_start_sequence",
    opt_start_seq: next,
    inactive_threshold: FORGET_NS,
    mem_storage: true,
    num_replicas: 1,
  }) as const;

function requestOf(maxPayload: number): string {
  return JSON.stringify({
    batch: MOST_MESSAGES,
    // A message always fits: one that did not would block the stream.
    max_bytes: Math.max(MOST_BYTES, 2 * maxPayload),
    expires: EXPIRES_NS,
    idle_heartbeat: HEARTBEAT_NS,
  });
}

interface Place {
  /** In its stream. */
  readonly sequence: number;
  /** Counts the messages for this reader, from 1 on. */
  readonly order: number;
}

/**
 * Reads `$JS.ACK.<stream>.<consumer>.<tries>.<sequence>.<order>.<time>.<pending>`. Newer servers name domain and account
 * before the stream.
 */
function placeOf(reply: string | undefined): Place | undefined {
  if (!reply?.startsWith("$JS.ACK.")) return undefined;
  const tokens = reply.split(".");
  const at = tokens.length > 9 ? 7 : 5;
  return { sequence: Number(tokens[at]), order: Number(tokens[at + 1]) };
}
