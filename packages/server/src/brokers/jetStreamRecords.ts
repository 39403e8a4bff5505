import type { StoredMsg } from "@nats-io/jetstream";
import { BrokerError, type KeptRecord, type Records } from "./broker.ts";
import { isWrongRevision } from "./jetStreamErrors.ts";
import type { JetStreamLink } from "./jetStreamLink.ts";

/** Marks the message of a record that was removed: only a message can be compared and set. */
const REMOVED = "Rumkit-Removed";

const KEY = /^[\w.-]{1,200}$/;

/**
 * Records in a stream that keeps the last message of each subject. The revision is its sequence.
 *
 * @param prefix The beginning of all subjects.
 */
export function createRecords(link: JetStreamLink, stream: string, prefix: string): Records {
  const { jsm, js } = link;
  // A dot would part the subject. A slash is in no key.
  const subjectOf = (key: string): string => {
    if (!KEY.test(key))
      throw new BrokerError("refused", `[rumkit] ${JSON.stringify(key)} cannot be the key of a record.`);
    return `${prefix}.${key.replaceAll(".", "/")}`;
  };
  const readLast = (subject: string): Promise<StoredMsg | null> =>
    link.ask("read a record", () => jsm.streams.getMessage(stream, { last_by_subj: subject }));
  const readSubject = async (subject: string): Promise<KeptRecord | undefined> => {
    const kept = await readLast(subject);
    if (!kept || kept.header.has(REMOVED)) return undefined;
    const key = subject.slice(prefix.length + 1).replaceAll("/", ".");
    return { key, text: Buffer.from(kept.data).toString(), revision: kept.seq };
  };
  return {
    read: async (key) => readSubject(subjectOf(key)),
    list: async (beginning) => {
      const info = await link.ask("list the records", () =>
        jsm.streams.info(stream, { subjects_filter: `${prefix}.>` }),
      );
      const subjects = Object.keys(info.state.subjects ?? {}).filter((subject) =>
        subject.startsWith(`${prefix}.${beginning.replaceAll(".", "/")}`),
      );
      const found = await Promise.all(subjects.map(readSubject));
      return found.filter((record) => record !== undefined).toSorted((a, b) => (a.key < b.key ? -1 : 1));
    },
    write: async (key, text, revision) => {
      const subject = subjectOf(key);
      const headers = link.headers();
      if (text === undefined) headers.set(REMOVED, "1");
      try {
        const lastSubjectSequence = revision === 0 ? await removedRevision(subject) : revision;
        if (lastSubjectSequence === undefined) return undefined;
        const { seq } = await link.ask("write a record", () =>
          js.publish(subject, text ?? "", { headers, expect: { lastSubjectSequence } }),
        );
        return seq;
      } catch (error) {
        if (error instanceof BrokerError && isWrongRevision(error.cause)) return undefined;
        throw error;
      }
    },
  };

  /** Returns what to expect of a key without a record: 0, or the mark that one was removed. Undefined if it has one. */
  async function removedRevision(subject: string): Promise<number | undefined> {
    const kept = await readLast(subject);
    if (!kept) return 0;
    return kept.header.has(REMOVED) ? kept.seq : undefined;
  }
}
