import { type Add, createTimers } from "./createTimers.ts";
import { createItemQueue, type QueueLimits } from "./itemQueue.ts";
import { createKeyedReports } from "./keyedReports.ts";
import { createOutbox, type OutboxOptions } from "./outbox.ts";
import { readItem } from "./readItem.ts";
import type { ReportingClient } from "./reportingClient.ts";
import { createRunningJobs } from "./runningJobs.ts";

export interface MetricsClientOptions {
  /** URL of the collector: `https://metrics.example`, or the whole URL of its `/ingest` if it is mounted at a path. */
  readonly url: string | URL;
  /** One of the collector's `ingestTokens`. Default: the environment variable `RUMKIT_INGEST_TOKEN`. */
  readonly token?: string;
  /**
   * Milliseconds for which values gather before they are sent, at least 10. Default 1,000: unsent values are lost if
   * the process dies.
   */
  readonly flushIntervalMs?: number;
  /** Maximum items that wait; equal increments are one item. Default 10,000. New items beyond it are dropped. */
  readonly maxItems?: number;
  /** Maximum bytes of items that wait. Default 4 MiB. */
  readonly maxBytes?: number;
  /**
   * Milliseconds that one request may take. Default 10,000: the collector answers within one, unless its disk is slow.
   */
  readonly requestTimeoutMs?: number;
  /**
   * Maximum milliseconds that `close` tries. Default 5,000: half of the ten seconds that Docker gives a process to end.
   */
  readonly closeTimeoutMs?: number;
  /**
   * Called when values are lost or rejected, once for each reason. Default: a warning of the process
   * (`process.on("warning")`), with the code `RUMKIT_CLIENT`.
   */
  readonly onProblem?: (message: string) => void;
}

/**
 * Creates a client that reports values of this service to a collector: in batches, in the background, each value
 * counted once however often it is sent.
 *
 * Throws a TypeError for an invalid URL or token, and for a number out of its range. The functions of the client never throw.
 *
 * @example
 * const metrics = createMetricsClient({ url: "https://metrics.example", token });
 * metrics.increment("jobs.done", { queue: "mail" });
 * await metrics.time("api.response_time", () => fetch(api), { endpoint: "/users" });
 * await metrics.close();
 */
export function createMetricsClient(given: MetricsClientOptions): ReportingClient {
  // Plain JavaScript may pass nothing: the error is then the one of a missing URL.
  const options = (given as MetricsClientOptions | null | undefined) ?? ({} as MetricsClientOptions);
  const queue = createItemQueue(readQueueBounds(options));
  const sending = readSending(options);
  const outbox = createOutbox({ queue, ...sending, onProblem: options.onProblem ?? warn });
  const jobs = createRunningJobs(sending);
  const keyed = createKeyedReports({ ...sending, drop: (reason, detail) => outbox.drop(reason, 1, detail) });

  let closing: Promise<number> | undefined;
  const add: Add = (name, value, tags, merge) => {
    if (outbox.isClosed) return outbox.drop("closed", 1);
    const text = readItem(name, value, tags);
    const reason = text === undefined ? "invalid" : queue.add(text, merge);
    if (reason === undefined) outbox.wake();
    else outbox.drop(reason, 1, typeof name === "string" ? name.slice(0, 128) : undefined);
  };
  const { time, trackJob, timed } = createTimers({ add, jobs, keyed });
  return {
    record: (name, value, tags) => add(name, value, tags, false),
    increment: (name, tags, by = 1) => add(name, by, tags, true),
    time,
    trackJob,
    timed,
    flush: outbox.flush,
    close: () =>
      (closing ??= Promise.all([outbox.close(), jobs.close(), keyed.close()]).then(
        ([undelivered]) => undelivered,
      )),
    status: () => {
      const { waiting, delivered, ...rest } = outbox.status();
      const ofKeys = keyed.counts();
      return { waiting: waiting + ofKeys.waiting, delivered: delivered + ofKeys.delivered, ...rest };
    },
  };
}

type SendingOptions = Omit<OutboxOptions, "queue" | "onProblem">;

function readQueueBounds({ maxItems, maxBytes }: MetricsClientOptions): QueueLimits {
  return {
    maxItems: inRange("maxItems", maxItems ?? 10_000, 1, 1_000_000),
    maxBytes: inRange("maxBytes", maxBytes ?? 4 * 1_048_576, 1_024, 1_073_741_824),
  };
}

function readSending(options: MetricsClientOptions): SendingOptions {
  return {
    destination: {
      url: readUrl(options.url),
      token: readToken(options.token ?? process.env["RUMKIT_INGEST_TOKEN"]),
    },
    flushIntervalMs: inRange("flushIntervalMs", options.flushIntervalMs ?? 1_000, 10, 3_600_000),
    requestTimeoutMs: inRange("requestTimeoutMs", options.requestTimeoutMs ?? 10_000, 10, 3_600_000),
    closeTimeoutMs: inRange("closeTimeoutMs", options.closeTimeoutMs ?? 5_000, 0, 3_600_000),
  };
}

/** A URL without a path is the one of a collector, which accepts values at `/ingest`. */
function readUrl(url: string | URL): URL {
  const read = URL.parse(String(url));
  if (!read || !["http:", "https:"].includes(read.protocol)) {
    throw new TypeError(
      `[rumkit] "${String(url)}" is not the URL of a collector. Write e.g. https://metrics.example.`,
    );
  }
  // `fetch` refuses such a URL with each request.
  if (read.username !== "" || read.password !== "") {
    throw new TypeError(
      `[rumkit] The URL of ${read.host} has a user name or a password. Remove it, and pass a secret as the token.`,
    );
  }
  if (read.pathname === "/") read.pathname = "/ingest";
  return read;
}

/** Treats an empty token as missing. `fetch` refuses a token that a header cannot have with each request. */
function readToken(token: string | undefined): string | undefined {
  if (token === undefined || /^[\x21-\x7e]*$/.test(token.trim())) return token?.trim() || undefined;
  throw new TypeError(
    "[rumkit] The token has a space, a line break or a letter outside ASCII. Copy one of the collector's `ingestTokens`.",
  );
}

function inRange(name: string, value: number, least: number, most: number): number {
  if (typeof value === "number" && value >= least && value <= most) return value;
  const given = typeof value === "string" ? `"${String(value)}"` : String(value);
  throw new TypeError(`[rumkit] ${name} must be a number from ${least} to ${most}, not ${given}.`);
}

function warn(message: string): void {
  const { emitWarning } = process as Partial<NodeJS.Process>;
  // oxlint-disable-next-line no-console -- An edge runtime has no warnings of the process.
  if (!emitWarning) return console.warn(`[rumkit] ${message}`);
  emitWarning(message, { type: "RumkitWarning", code: "RUMKIT_CLIENT" });
}
