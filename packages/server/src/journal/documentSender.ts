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

function createWriteQueue(thread: DocumentThread): WriteQueue {
  const transactions = createTransactions(thread);
  let failing: JournalError | undefined;
  let isClosed = false;
  thread.onReport((report) => {
    if (report.type === "kept") transactions.settle();
    else if (report.type === "recovered") failing = undefined;
    else if (report.type === "failed") {
      failing = new JournalError(report.error.code, report.error.message);
      transactions.settle(failing);
    }
  });
  return {
    refusal: () => {
      if (isClosed) return new JournalError("closed", "[rumkit] The journal is closed.");
      if (failing || transactions.gathering < MAX_WAITING) return failing;
      return new JournalError("behind", `[rumkit] ${MAX_WAITING} writes of documents wait for the disk.`);
    },
    add: (changes, takeBack) =>
      new Promise((resolve, reject) => {
        transactions.add({ changes, takeBack, resolve, reject });
      }),
    close: () => {
      isClosed = true;
      return transactions.drain();
    },
  };
}

interface Transactions {
  /** The number of writes that wait for the next transaction. */
  readonly gathering: number;
  add(write: Write): void;
  /** Ends the transaction that is on its way. An error refuses the writes that gathered, too. */
  settle(error?: JournalError): void;
  /** Resolves when every write is settled. */
  drain(): Promise<void>;
}

/**
 * Sends writes to the thread, one transaction at a time. Those that come meanwhile gather, and share the next one: the
 * slower the disk, the more of them share one sync.
 */
function createTransactions(thread: DocumentThread): Transactions {
  let onItsWay: Write[] = [];
  let gathering: Write[] = [];
  let failures = 0;
  let drained = (): void => {};

  const post = (): void => {
    if (onItsWay.length > 0) return;
    thread.hold(gathering.length > 0, "documents");
    if (gathering.length === 0) return drained();
    [onItsWay, gathering] = [gathering, []];
    thread.post({ type: "keep", changes: onItsWay.flatMap(({ changes }) => changes), failures });
  };
  return {
    get gathering() {
      return gathering.length;
    },
    add: (write) => {
      gathering.push(write);
      post();
    },
    settle: (error) => {
      const settled = error ? [...onItsWay, ...gathering] : onItsWay;
      if (error) {
        gathering = [];
        failures += 1;
      }
      onItsWay = [];
      answer(settled, error);
      post();
    },
    drain: async () => {
      if (onItsWay.length === 0) return;
      await new Promise<void>((resolve) => {
        drained = resolve;
      });
    },
  };
}

function answer(writes: readonly Write[], error: JournalError | undefined): void {
  if (error) for (const { takeBack } of writes.toReversed()) takeBack();
  for (const { resolve, reject } of writes) {
    if (error) reject(error);
    else resolve();
  }
}
