import type { MsgRequest, StoredMsg } from "@nats-io/jetstream";
import { BrokerError, type KeptRecord, type Records } from "./broker.ts";
import type { JetStreamLink } from "./jetStreamLink.ts";

/** The revision that a message replaces. */
const REPLACES = "Rumkit-Replaces";
/** One more than that of the replaced message. */
const TURN = "Rumkit-Turn";
/** Marks the message of a record that was removed: only a message can be compared and set. */
const REMOVED = "Rumkit-Removed";

const KEY = /^[\w.-]{1,200}$/;

/** Milliseconds between two looks for a message that the server has acknowledged. */
const LOOK_AGAIN_MS = 20;

/** The client's types leave out the second form, which servers from 2.9 on take. */
type Lookup = MsgRequest | { readonly seq: number; readonly next_by_subj: string };

/**
 * Records in a stream that keeps the last messages of each subject. The revision is the sequence.
 *
 * The server is not asked to compare: clusters of 2.9 accept several writers that replace the same revision at once, and some
 * later ones may store on one server what they refuse on another. So each message names the revision that it replaces, and its
 * turn. Of the messages with the highest turn the first one in the stream's order counts, for every reader.
 *
 * @param prefix The beginning of all subjects.
 */
export function createRecords(
  link: JetStreamLink,
  stream: string,
  prefix: string,
  answerMs: number,
): Records {
  return new StreamRecords(link, stream, prefix, answerMs);
}

class StreamRecords implements Records {
  readonly #link: JetStreamLink;
  readonly #stream: string;
  readonly #prefix: string;
  readonly #answerMs: number;

  constructor(link: JetStreamLink, stream: string, prefix: string, answerMs: number) {
    this.#link = link;
    this.#stream = stream;
    this.#prefix = prefix;
    this.#answerMs = answerMs;
  }

  async read(key: string): Promise<KeptRecord | undefined> {
    const current = await this.#look(this.#subjectOf(key));
    if (!current || current.header.has(REMOVED)) return undefined;
    return { key, text: Buffer.from(current.data).toString(), revision: current.seq };
  }

  async list(prefix: string): Promise<readonly KeptRecord[]> {
    const info = await this.#link.ask("list the records", () =>
      this.#link.jsm.streams.info(this.#stream, { subjects_filter: `${this.#prefix}.>` }),
    );
    const keys = Object.keys(info.state.subjects ?? {})
      .map((subject) => subject.slice(this.#prefix.length + 1).replaceAll("/", "."))
      .filter((key) => key.startsWith(prefix));
    const found = await Promise.all(keys.toSorted().map((key) => this.read(key)));
    return found.filter((record) => record !== undefined);
  }

  async write(key: string, text: string | undefined, revision: number): Promise<number | undefined> {
    const subject = this.#subjectOf(key);
    const current = await this.#look(subject);
    const isRemoved = current === undefined || current.header.has(REMOVED);
    if (revision !== (isRemoved ? 0 : current.seq)) return undefined;
    const replaced = current?.seq ?? 0;
    const turn = (current ? turnOf(current) : 0) + 1;
    const headers = this.#link.headers();
    headers.set(REPLACES, `${replaced}`);
    headers.set(TURN, `${turn}`);
    if (text === undefined) headers.set(REMOVED, "1");
    const { seq } = await this.#link.ask("write a record", () =>
      this.#link.js.publish(subject, text ?? "", { headers }),
    );
    return (await this.#counts(subject, replaced, turn, seq)) ? seq : undefined;
  }

  /** True if no other message has this turn, or a later one, before it. */
  async #counts(subject: string, replaced: number, turn: number, written: number): Promise<boolean> {
    for (let after = replaced; ;) {
      const message = await this.#next(subject, after);
      if (turnOf(message) >= turn) return message.seq === written;
      after = message.seq;
    }
  }

  /** Returns the message that counts; it comes after the one that the last message replaces. */
  async #look(subject: string): Promise<StoredMsg | undefined> {
    const last = await this.#get({ last_by_subj: subject });
    if (!last) return undefined;
    let found: StoredMsg | undefined;
    for (let after = Number(last.header.get(REPLACES)); after < last.seq;) {
      const message = await this.#next(subject, after);
      if (!found || turnOf(message) > turnOf(found)) found = message;
      after = message.seq;
    }
    return found;
  }

  /** Returns the first message after a sequence; it exists, but the server that answers may not have stored it yet. */
  async #next(subject: string, after: number): Promise<StoredMsg> {
    const deadline = performance.now() + this.#answerMs;
    for (;;) {
      const message = await this.#get({ seq: after + 1, next_by_subj: subject });
      if (message) return message;
      if (performance.now() > deadline)
        throw new BrokerError("gone", "[rumkit] NATS: a record that was written cannot be read.");
      await new Promise((resolve) => void setTimeout(resolve, LOOK_AGAIN_MS));
    }
  }

  #get(request: Lookup): Promise<StoredMsg | null> {
    return this.#link.ask("read a record", () => this.#link.jsm.streams.getMessage(this.#stream, request));
  }

  #subjectOf(key: string): string {
    if (!KEY.test(key))
      throw new BrokerError("refused", `[rumkit] ${JSON.stringify(key)} cannot be the key of a record.`);
    // A dot would part the subject, and must not begin or end it. A slash is in no key.
    return `${this.#prefix}.${key.replaceAll(".", "/")}`;
  }
}

function turnOf(message: StoredMsg): number {
  return Number(message.header.get(TURN));
}
