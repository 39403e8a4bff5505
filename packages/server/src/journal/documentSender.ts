import { createSectionSizes } from "./documentSizes.ts";
import type { DocumentChange, KeptDocument, KeptDocuments } from "./keptDocuments.ts";
import { JournalError } from "./journal.ts";
import type { JournalThread } from "./journalThreadHandle.ts";

/** The documents of a journal in a file. */
export interface SentDocuments extends KeptDocuments {
  /** Resolves when every write is durable or refused, and refuses further ones. */
  close(): Promise<void>;
}

type DocumentThread = Pick<JournalThread, "post" | "onReport" | "hold">;

/** Writes that may wait for the disk: some minutes of a collector that writes a few times per second. */
const MAX_WAITING = 1_000;

export function createDocumentSender(thread: DocumentThread, found: readonly KeptDocument[]): SentDocuments {
  const sizes = createSectionSizes(found);
  const queue = createWriteQueue(thread);
  return {
    read: (section) =>
      found.filter(([name]) => name === section).map(([, key, text]) => [key, text] as const),
    write: async (changes) => {
      const refusal = queue.refusal();
      if (refusal) throw refusal;
      const takeBack = sizes.count(changes);
      await queue.add(changes, takeBack);
    },
    close: queue.close,
  };
}

interface Write {
  readonly changes: readonly DocumentChange[];
  readonly takeBack: () => void;
  readonly resolve: () => void;
  readonly reject: (error: JournalError) => void;
}

/** Writes that are not durable yet. */
interface WriteQueue {
  /** Why nothing can be written now; undefined while all is well. */
  refusal(): JournalError | undefined;
  /** Resolves when the changes are durable. If they are refused, it calls `takeBack` first, newest write first. */
  add(changes: readonly DocumentChange[], takeBack: () => void): Promise<void>;
  close(): Promise<void>;
}

/**
 * Sends writes to the thread, one transaction at a time. Those that come meanwhile gather, and share the next one: the
 * slower the disk, the more of them share one sync.
 */
function createWriteQueue(thread: DocumentThread): WriteQueue {
  let onItsWay: Write[] = [];
  let gathering: Write[] = [];
  let failing: JournalError | undefined;
  let failures = 0;
  let isClosed = false;
  let drained = (): void => {};

  const post = (): void => {
    if (onItsWay.length > 0) return;
    thread.hold(gathering.length > 0, "documents");
    if (gathering.length === 0) return drained();
    [onItsWay, gathering] = [gathering, []];
    thread.post({ type: "keep", changes: onItsWay.flatMap(({ changes }) => changes), failures });
  };
  const settle = (error?: JournalError): void => {
    const settled = error ? [...onItsWay, ...gathering] : onItsWay;
    if (error) gathering = [];
    onItsWay = [];
    if (error) for (const { takeBack } of settled.toReversed()) takeBack();
    for (const { resolve, reject } of settled) {
      if (error) reject(error);
      else resolve();
    }
    post();
  };
  thread.onReport((report) => {
    if (report.type === "kept") settle();
    else if (report.type === "recovered") failing = undefined;
    else if (report.type === "failed") {
      failing = new JournalError(report.error.code, report.error.message);
      failures += 1;
      settle(failing);
    }
  });
  return {
    refusal: () => {
      if (isClosed) return new JournalError("closed", "[rumkit] The journal is closed.");
      if (failing || gathering.length < MAX_WAITING) return failing;
      return new JournalError("behind", `[rumkit] ${MAX_WAITING} writes of documents wait for the disk.`);
    },
    add: (changes, takeBack) =>
      new Promise((resolve, reject) => {
        gathering.push({ changes, takeBack, resolve, reject });
        post();
      }),
    close: async () => {
      isClosed = true;
      if (onItsWay.length === 0) return;
      await new Promise<void>((resolve) => {
        drained = resolve;
      });
    },
  };
}
