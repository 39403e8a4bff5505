import { readFileSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { isObject } from "../base/shape.ts";
import { type Broker, BrokerError, type Engine } from "../brokers/broker.ts";

/** Milliseconds between two tries to open a log that is away. */
const RETRY_MS = 2_000;

/** The properties of a log that an edge must know before it can accept anything. */
interface KnownLog {
  readonly engine: Engine;
  readonly partitions: number;
}

/**
 * Opens the log of an edge, which may be away: if the edge has used it before, its spool takes over until the log is back.
 *
 * Rejects as `open` does for every other fault, and for a log that this edge has never reached.
 *
 * @param spool The folder of the spool.
 * @example
 * const broker = await openEdgeBroker("./spool", () => openBroker({ url: "nats://127.0.0.1:4222", app: "shop" }));
 * const collector = createCollector({ catalog, cluster: { role: "edge", broker, spool: "./spool" } });
 */
export async function openEdgeBroker(
  spool: string,
  open: () => Promise<Broker>,
  retryMs: number = RETRY_MS,
): Promise<Broker> {
  try {
    return await open();
  } catch (error) {
    const known =
      error instanceof BrokerError && error.code === "gone" ? readKnown(join(spool, FILE)) : undefined;
    if (!known) throw error;
    return createLateBroker(known, error, open, retryMs);
  }
}

const FILE = "log.json";

/** Remembers a log beside the spool, so that the edge can start while it is away. */
export function rememberLog(spool: string, { engine, partitions }: KnownLog): void {
  const path = join(spool, FILE);
  try {
    writeFileSync(`${path}.new`, JSON.stringify({ engine, partitions }), { mode: 0o600 });
    // Renamed, so that a crash leaves a whole file.
    renameSync(`${path}.new`, path);
  } catch {
    // A full disk must not keep an edge from starting while its log is there.
  }
}

function readKnown(path: string): KnownLog | undefined {
  try {
    const known: unknown = JSON.parse(readFileSync(path, "utf8"));
    if (!isObject(known) || !Number.isSafeInteger(known["partitions"])) return undefined;
    return known as unknown as KnownLog;
  } catch {
    return undefined;
  }
}

/** A log that is opened later. Until then everything rejects with the reason. */
function createLateBroker(
  { engine, partitions }: KnownLog,
  reason: unknown,
  open: () => Promise<Broker>,
  retryMs: number,
): Broker {
  const opening = createOpening(reason, open, retryMs);
  const { broker } = opening;
  return {
    engine,
    // Of a log that was created again meanwhile, its own: each message goes to the partition that its key has there.
    get partitions() {
      return opening.opened?.partitions ?? partitions;
    },
    publish: async (...message) => broker().publish(...message),
    async *read(...range) {
      yield* broker().read(...range);
    },
    bounds: async (topic) => broker().bounds(topic),
    records: {
      read: async (key) => broker().records.read(key),
      list: async (prefix) => broker().records.list(prefix),
      write: async (...record) => broker().records.write(...record),
    },
    // `open` checks it, once it can be reached.
    check: async () => opening.opened?.check() ?? [],
    close: opening.close,
  };
}

interface Opening {
  readonly opened: Broker | undefined;
  /** Throws the reason of the last try while the log is not open. */
  broker(): Broker;
  /** Ends the tries, and closes the log. */
  close(): Promise<void>;
}

/** Tries to open a log until it is open. */
function createOpening(reason: unknown, open: () => Promise<Broker>, retryMs: number): Opening {
  let opened: Broker | undefined;
  let missing = reason;
  let isClosed = false;
  let timer: NodeJS.Timeout | undefined;
  let trying = Promise.resolve();

  const tryOpen = async (): Promise<void> => {
    try {
      const broker = await open();
      if (isClosed) return await broker.close();
      opened = broker;
    } catch (error) {
      missing = error;
    }
    if (!opened) later();
  };
  const later = (): void => {
    if (isClosed) return;
    timer = setTimeout(() => {
      trying = tryOpen();
    }, retryMs).unref();
  };
  later();
  return {
    get opened() {
      return opened;
    },
    broker: () => {
      if (!opened) throw missing;
      return opened;
    },
    close: async () => {
      isClosed = true;
      clearTimeout(timer);
      await trying;
      await opened?.close();
    },
  };
}
