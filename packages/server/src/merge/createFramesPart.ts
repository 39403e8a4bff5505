import type { Broker } from "../brokers/broker.ts";
import { createMemoryDocuments } from "../journal/documentSizes.ts";
import type { Part, PartContext } from "../part/part.ts";
import { beginEpoch } from "./frameEpoch.ts";
import { createFrameWriter } from "./frameWriter.ts";
import type { SeenTap } from "./seenTap.ts";

export interface FramesParts {
  readonly cluster: { readonly broker: Broker; readonly name: string };
  readonly tap: SeenTap;
  readonly onFailure: (error: unknown) => void;
}

/** Milliseconds that a stop waits until the last frame is in the log. */
const STOP_MS = 4_000;

/** Publishes frames of what an aggregator counts. */
export function createFramesPart(
  { recorder, journal }: Pick<PartContext, "recorder" | "journal">,
  { cluster, tap, onFailure }: FramesParts,
): Part {
  const documents = journal.documents ?? createMemoryDocuments();
  const writer = createFrameWriter({
    ...cluster,
    recorder,
    epoch: () => beginEpoch(documents, Date.now),
    onFailure,
  });
  tap.listen(writer.seen);
  return { close: () => writer.close(STOP_MS) };
}
