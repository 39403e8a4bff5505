/** The thread that writes a journal's file, so that a slow disk does not block the event loop. */
import { parentPort, workerData } from "node:worker_threads";
import {
  createMeasure,
  createPlace,
  createReserve,
  createTailMark,
  lostTail,
  type Place,
  type TailMark,
  walBytes,
} from "./journalFiles.ts";
import { createOpeningReader } from "./openingReader.ts";
import { toJournalError } from "./sqliteErrors.ts";
import { openSqliteStore, type SqliteStore, type StoreReader } from "./sqliteStore.ts";
import type {
  FileSizes,
  SentError,
  ThreadOptions,
  ThreadReport,
  ThreadRequest,
} from "./journalThreadHandle.ts";

const options = workerData as ThreadOptions;
const { path } = options;
const port = parentPort!;
const measureDisk = createMeasure(path);
const reserve = createReserve(`${path}-reserve`, options.reserveBytes);

/** Milliseconds between tries after a failure of the disk: often enough to notice two seconds of free space. */
const RETRY_MS = 500;
/** Milliseconds without a group after which everything is written into the file and the log is emptied. */
const QUIET_MS = 1_000;
/**
 * A longer write-ahead log is copied into the file between two groups, which wait meanwhile. At most half the reserve,
 * which gives it room on a full disk.
 */
const LOG_BYTES = Math.min(2_097_152, options.reserveBytes / 2);

const report = (message: ThreadReport, transfer: ArrayBuffer[] = []): void =>
  port.postMessage(message, transfer);
const toSent = (error: unknown): SentError => {
  const { code, message } = toJournalError(path, error);
  return { code, message };
};

let tail: TailMark;
/** The app that a collector has claimed; written again after a recovery. */
let claimed: string | undefined;
let place: Place;
/** Undefined while the disk fails. */
let store: SqliteStore | undefined;
/** The last group that was reported as kept. */
let acknowledged = 0;
let committedAt = 0;
let checkpointedAt = 0;
let spare: ArrayBuffer | undefined;
let retry: NodeJS.Timeout | undefined;
let stepping = false;
let failures = 0;
let sizes: FileSizes;

try {
  open();
} catch (error) {
  report({ type: "refused", error: toSent(error) });
  port.close();
}

function open(): void {
  const reader = createOpeningReader();
  store = openInRoom(reader);
  try {
    tail = createTailMark(`${path}-tail`);
    acknowledged = store.lastSeq;
    place = createPlace(path);
  } catch (error) {
    store.close();
    throw error;
  }
  const { journal, transfer } = reader.finish(store);
  sizes = measure();
  report({ type: "opened", journal, sizes }, transfer);
  port.on("message", (request: ThreadRequest) => {
    if (request.type === "commit") commit(request);
    else if (request.type === "keep") keep(request);
    else if (request.type === "claim") claim(request.app);
    else close();
  });
  setInterval(tend, QUIET_MS / 4).unref();
  orFail(reserve.fill);
}

function orFail(work: () => void): void {
  try {
    work();
  } catch (error) {
    fail(error);
  }
}

/** A full disk may lack room even for the second name of a file. The reserve provides it. */
function openInRoom(reader: StoreReader): SqliteStore {
  try {
    return openSqliteStore(path, reader, { app: options.app });
  } catch (error) {
    if (toJournalError(path, error).code !== "disk_full") throw error;
    reserve.release();
    return openSqliteStore(path, reader, { app: options.app });
  }
}

function claim(app: string): void {
  claimed = app;
  orFail(() => store?.claim(app));
}

function commit({ buffer, length, keys, failures: seen }: ThreadRequest & { type: "commit" }): void {
  // Sent before the main thread knew of a failure, and refused there by now.
  if (!store || seen !== failures) return;
  const records = new Uint8Array(buffer, 0, length);
  const start = performance.now();
  try {
    store.commitGroup(records, keys);
  } catch (error) {
    fail(error);
    return;
  }
  committedAt = performance.now();
  acknowledged = store.lastSeq;
  tail.write(acknowledged);
  const seconds = (committedAt - start) / 1000;
  report(
    { type: "committed", seconds, sizes: { ...sizes, logBytes: store.logBytes }, spare },
    spare ? [spare] : [],
  );
  store.countGroup(records, keys);
  spare = buffer;
  orFail(() => store?.shortenLog(LOG_BYTES));
}

function keep({ changes, failures: seen }: ThreadRequest & { type: "keep" }): void {
  if (!store || seen !== failures) return;
  orFail(() => {
    store?.commitDocuments(changes);
    report({ type: "kept" });
    store?.shortenLog(LOG_BYTES);
  });
}

/** Runs periodically: begins a checkpoint when it is due, keeps the log short, and empties it when no groups come. */
function tend(): void {
  if (!store) return;
  const gone = place.gone();
  if (gone) return fail(gone);
  const now = performance.now();
  const isQuiet = now - committedAt >= QUIET_MS;
  sizes = measure();
  const { logBytes } = sizes;
  const isDue = now - checkpointedAt >= options.checkpointMs || logBytes >= options.checkpointBytes;
  orFail(() => {
    if (logBytes > 0 && (isQuiet || isDue)) {
      checkpointedAt = now;
      store?.beginCheckpoint();
    }
    if (!stepping) step();
    if (!stepping && isQuiet && walBytes(path) > 0) store?.truncateLog();
  });
}

/** Continues a checkpoint one step at a time, so that groups can be committed in between. */
function step(): void {
  stepping = false;
  if (!store) return;
  try {
    stepping = store.stepCheckpoint();
    store.shortenLog(LOG_BYTES);
  } catch (error) {
    stepping = false;
    fail(error);
  }
  if (stepping) setImmediate(step);
}

/**
 * Closes the connection. Its view of the file cannot be trusted: after a failed sync the next one succeeds, although
 * the data of the first is not on the disk.
 */
function fail(error: unknown): void {
  const sent = toSent(error);
  closeStore();
  failures += 1;
  report({ type: "failed", error: sent });
  if (sent.code === "disk_full") reserve.release();
  retryLater(sent.code === "disk_full" ? 0 : RETRY_MS);
}

function retryLater(ms: number): void {
  retry = setTimeout(() => {
    try {
      recover();
    } catch (error) {
      closeStore();
      failures += 1;
      report({ type: "failed", error: toSent(error) });
      retryLater(RETRY_MS);
    }
  }, ms);
}

/** Opens the file again, makes room, and continues only if the disk accepts a write. */
function recover(): void {
  store = openSqliteStore(path, IGNORE, { acknowledged });
  if (store.lastSeq !== acknowledged) throw lostTail(path, acknowledged, store.lastSeq);
  place = createPlace(path);
  if (claimed !== undefined) store.claim(claimed);
  store.coverLog();
  reserve.fill();
  store.probe();
  sizes = measure();
  report({ type: "recovered", sizes });
}

function close(): void {
  clearTimeout(retry);
  try {
    store?.coverLog();
  } catch {
    // The log contains everything: the next start reads it there.
  }
  closeStore();
  tail.close();
  report({ type: "closed" });
  port.close();
}

function closeStore(): void {
  try {
    store?.close();
  } catch {
    // Committed groups stay committed, and the connection is not used again.
  }
  store = undefined;
}

function measure(): FileSizes {
  return measureDisk(store?.logBytes ?? 0);
}

const IGNORE: StoreReader = { series: () => {}, keys: () => {} };
