import type { LiveFilteredSnapshot, LiveFrame } from "@rumkit/protocol";
import { countTypes, type EventCounts, subtractCounts, sumOfCounts } from "./eventCounts.ts";

const encoder = new TextEncoder();

/** A snapshot whose bytes all viewers share: what differs between them comes before it. */
export interface Snapshot {
  readonly id: string;
  /** The event up to the object's opening brace. */
  readonly opening: string;
  /** The object after its opening brace. */
  readonly rest: Uint8Array;
  /** The type of each event of its tail. */
  readonly types: readonly string[];
}

export function encodeSnapshot(frame: LiveFilteredSnapshot): Snapshot {
  const rest = encoder.encode(`${JSON.stringify(frame).slice(1)}\n\n`);
  return { id: frame.id, opening: opening(frame), rest, types: frame.tail.map(({ type }) => type) };
}

/** A snapshot for a viewer that had frames before, after which these events happened. */
export function snapshotAfter(snapshot: Snapshot, happened: EventCounts): readonly Uint8Array[] {
  const newEvents = Math.min(sumOfCounts(happened), snapshot.types.length);
  const sent = countTypes(snapshot.types.slice(snapshot.types.length - newEvents));
  const skipped = subtractCounts(happened, sent);
  const gap = { newEvents, ...(Object.keys(skipped).length > 0 && { skipped }) };
  return complete(snapshot, `${JSON.stringify(gap).slice(0, -1)},`);
}

export function complete(snapshot: Snapshot, start: string): readonly Uint8Array[] {
  return [encoder.encode(snapshot.opening + start), snapshot.rest];
}

/**
 * Begins a server-sent event (HTML standard, 9.2.6). JSON has no raw line break, so one data line is enough.
 */
export function opening({ kind, id }: Pick<LiveFrame, "kind" | "id">): string {
  return `event: ${kind}\nid: ${id}\ndata: `;
}

export function bytesOf(chunks: readonly Uint8Array[]): number {
  return chunks.reduce((sum, { length }) => sum + length, 0);
}
