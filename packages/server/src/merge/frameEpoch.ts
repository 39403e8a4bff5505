import { randomUUID } from "node:crypto";
import { parseDocuments } from "../journal/documentShape.ts";
import type { KeptDocuments } from "../journal/keptDocuments.ts";

/** The identity of a journal, and the number of a start. */
export interface Epoch {
  readonly source: string;
  readonly epoch: number;
}

const SECTION = "frames";
const KEY = "epoch";
const SHAPE = { source: "text", epoch: "number" } as const;

/**
 * Begins the next epoch, which is durable before it is used: a frame of a process that was killed must never count as one
 * of the next. It is at least the time in seconds, so that it rises even after an older copy of the journal was put back.
 */
export async function beginEpoch(documents: KeptDocuments, now: () => number): Promise<Epoch> {
  const before = readEpoch(documents);
  const epoch = Math.max((before?.epoch ?? 0) + 1, Math.floor(now() / 1000));
  const next = { source: before?.source ?? randomUUID(), epoch };
  await documents.write([{ section: SECTION, key: KEY, text: JSON.stringify(next) }]);
  return next;
}

function readEpoch(documents: KeptDocuments): Epoch | undefined {
  return new Map(parseDocuments<Epoch>(documents.read(SECTION), SHAPE)).get(KEY);
}
