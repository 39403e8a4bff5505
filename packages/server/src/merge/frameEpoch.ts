import { randomUUID } from "node:crypto";
import { isObject } from "../base/shape.ts";
import type { KeptDocuments } from "../journal/keptDocuments.ts";

/** The identity of a journal, and the number of a start. */
export interface Epoch {
  readonly source: string;
  readonly epoch: number;
}

const SECTION = "frames";
const KEY = "epoch";

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
  const text = [...documents.read(SECTION)].find(([key]) => key === KEY)?.[1];
  const value: unknown = text === undefined ? undefined : JSON.parse(text);
  return isObject(value) ? (value as unknown as Epoch) : undefined;
}
