import { agreeOnPartitions } from "../brokers/agreeOnPartitions.ts";
import { BrokerError } from "../brokers/broker.ts";
import type { ArrivedBatch, ReadEvents } from "../collect/countEvents.ts";
import { CollectError } from "../http/collectError.ts";
import type { ArrivedItems } from "../ingest/countItems.ts";
import type { Count } from "../journal/count.ts";
import type { Part, PartContext, SpoolCheck } from "../part/part.ts";
import { spoolSamples } from "./describeEdgeMetrics.ts";
import { createEdgeMessages } from "./edgeMessages.ts";
import type { EdgeOptions } from "./edgeOptions.ts";
import { createOutageReport, describeSkipped, type SayEdge } from "./outageReport.ts";
import { rememberLog } from "./openEdgeBroker.ts";
import { createPublisher, type Publisher } from "./publisher.ts";
import { openSpool, type Spool } from "./spool.ts";
import type { SpooledMessage } from "./spoolRecord.ts";

/** Publishes what the routes and functions of a collector accept, instead of counting it. */
export interface Edge extends Part {
  /** Resolves when the batch is in the log, or synced to the spool. Rejects if it is in neither. */
  readonly publishBatch: (arrived: ArrivedBatch, read: ReadEvents) => Promise<"appended">;
  readonly publishItems: (arrived: ArrivedItems) => Promise<"appended">;
  /** Publishes calls of server code and reports. Never `duplicate`: that is known where they are counted. */
  readonly count: Count;
  /** Milliseconds that the oldest message has waited for the disk of the spool. */
  readonly waitingMs: () => number;
}

/** 1 GiB: some three million batches of 350 bytes. */
const MAX_SPOOL_BYTES = 1_073_741_824;

interface EdgeParts {
  readonly context: Pick<PartContext, "recorder">;
  /** Undefined if names are learned. */
  readonly catalog: object | undefined;
  readonly say: SayEdge;
  /** The clock: milliseconds since 1970. */
  readonly now: () => number;
}

/** Opens the spool and starts an edge. Throws a `SpoolError` if the folder is in use, or cannot be used. */
export function createEdge(options: EdgeOptions, { context, catalog, say, now }: EdgeParts): Edge {
  const { broker, spool: folder, maxSpoolBytes = MAX_SPOOL_BYTES } = options;
  const { record } = context.recorder;
  const count = (metric: string, labels: Record<string, string> = {}, value = 1): void =>
    record({ metric, labels, value });
  const outage = createOutageReport(say, folder);
  const spool = openSpool({
    folder,
    maxBytes: maxSpoolBytes,
    onSkipped: (skipped) => {
      count("rum_edge_spool_skipped_bytes_total", { reason: skipped.reason }, skipped.bytes);
      say(skipped.reason === "torn" ? "spool_torn" : "spool_damaged", describeSkipped(skipped));
    },
  });
  rememberLog(folder, broker);
  const publisher = createPublisher({
    broker,
    spool,
    // A log that was emptied gets its number again; with another one, keys would go to partitions of before.
    confirmLog: () => agreeOnPartitions(broker.records, broker.partitions),
    onPublished: (by) => count(by === "request" ? "rum_edge_published_total" : "rum_edge_republished_total"),
    onSpooled: () => count("rum_edge_spooled_total"),
    onFailure: (reason, error) => {
      count("rum_edge_publish_failures_total", { reason });
      outage.fail(reason, error);
    },
    onRefused: (reason, error) => {
      count("rum_edge_refused_total", { reason });
      say("message_refused", error instanceof Error ? error.message : String(error));
    },
  });
  return {
    ...partOf(spool, publisher, maxSpoolBytes),
    ...publishingOf(publisher, createEdgeMessages(broker.partitions, catalog, now)),
    show: () => spoolSamples(spool.state, now()).forEach(record),
    tick: () => outage.tick(publisher.isSpooling, spool.state),
    waitingMs: () => spool.state.waitingMs,
  };
}

function partOf(
  spool: Spool,
  publisher: Publisher,
  maxBytes: number,
): Pick<Part, "isReady" | "spoolCheck" | "close"> {
  const spoolCheck = (): SpoolCheck => {
    const { bytes, isFull, failing } = spool.state;
    const failure = failing && { failing: failing.code };
    const state = stateOf(publisher.isSpooling, isFull, failing !== undefined);
    return { ok: state === "empty" || state === "in_use", state, bytes, maxBytes, ...failure };
  };
  return {
    // While the spool takes over, an edge takes as much as before.
    isReady: () => spoolCheck().ok,
    spoolCheck,
    close: async () => {
      await publisher.close();
      await spool.close();
    },
  };
}

/** A disk fails only if something was written to it: the log did not take that. */
function stateOf(isSpooling: boolean, isFull: boolean, isFailing: boolean): SpoolCheck["state"] {
  if (isFailing) return "unwritable";
  if (!isSpooling) return "empty";
  return isFull ? "full" : "in_use";
}

function publishingOf(
  publisher: Publisher,
  messages: ReturnType<typeof createEdgeMessages>,
): Pick<Edge, "publishBatch" | "publishItems" | "count"> {
  const publish = async (message: SpooledMessage): Promise<"appended"> => {
    try {
      await publisher.publish(message);
      return "appended";
    } catch (error) {
      if (error instanceof BrokerError && error.code === "too_large")
        throw new CollectError("too_large", "The log takes no message of this size.", [error.message]);
      throw error;
    }
  };
  return {
    publishBatch: (arrived, read) => publish(messages.ofBatch(arrived, read)),
    publishItems: (arrived) => publish(messages.ofItems(arrived)),
    count: (entry) => publish(messages.ofEntry(entry)),
  };
}
