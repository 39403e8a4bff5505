import { randomBytes } from "node:crypto";
import { crc32 } from "node:zlib";
import type { OutgoingMessage, Topic } from "../brokers/broker.ts";

/** A message that waits in the spool. */
export interface SpooledMessage extends OutgoingMessage {
  readonly topic: Topic;
  /** Time of arrival in milliseconds since 1970. */
  readonly at: number;
  /**
   * The hash of its key, which says its topic if the log has another number of partitions by now. Undefined for a
   * message that an older version spooled.
   */
  readonly hash?: number | undefined;
}

/** A message, and where its record ends in its segment. */
export interface SpoolRecord {
  readonly message: SpooledMessage;
  readonly end: number;
}

/** Bytes of a segment outside of records: damaged, or never written to the end. */
export interface Gap {
  readonly from: number;
  readonly to: number;
}

/**
 * Begins each record of a segment. Random, and different in each segment: bytes that a page chose cannot pass for a record
 * when a damaged record is skipped.
 */
export type Mark = Buffer;

const MARK_BYTES = 4;
/** The mark, the length and the checksum of the rest, 32 bits each. */
const HEAD_BYTES = MARK_BYTES + 8;
/** The time as a double, and the length of topic, id and hash together with the lines between them. */
const FIXED_BYTES = 10;
/** 16 MiB: engines allow 1 MiB a message by default. A longer length is damage. */
export const MAX_RECORD_BYTES = 16_777_216;

export function createMark(): Mark {
  return randomBytes(MARK_BYTES);
}

/** Returns the length of a message's record. */
export function recordBytes(message: SpooledMessage): number {
  return HEAD_BYTES + FIXED_BYTES + nameOf(message).length + message.body.length;
}

/** Older versions read the first two lines. */
function nameOf({ topic, id, hash }: SpooledMessage): string {
  return hash === undefined ? `${topic}\n${id}` : `${topic}\n${id}\n${hash}`;
}

/** Returns the bytes of a record: mark, length, checksum, time, topic, id and hash, body. */
export function writeRecord(message: SpooledMessage, mark: Mark): Buffer {
  const { at, body } = message;
  const name = Buffer.from(nameOf(message), "latin1");
  const record = Buffer.allocUnsafe(HEAD_BYTES + FIXED_BYTES + name.length + body.length);
  mark.copy(record);
  record.writeUInt32LE(record.length, MARK_BYTES);
  record.writeDoubleLE(at, HEAD_BYTES);
  record.writeUInt16LE(name.length, HEAD_BYTES + 8);
  name.copy(record, HEAD_BYTES + FIXED_BYTES);
  record.set(body, HEAD_BYTES + FIXED_BYTES + name.length);
  record.writeUInt32LE(checksum(record), MARK_BYTES + 4);
  return record;
}

/** Of mark, length and content: everything but the checksum itself. */
function checksum(record: Buffer): number {
  return crc32(record.subarray(HEAD_BYTES), crc32(record.subarray(0, MARK_BYTES + 4)));
}

/** The records in some bytes of a segment, in their order, and what lies between them and behind them. */
export interface ReadRecords {
  readonly records: readonly SpoolRecord[];
  readonly gaps: readonly Gap[];
}

/**
 * Reads the records in some bytes of a segment. Damage costs the records that it touches, and no other. Never throws.
 *
 * @param start The place of the first byte in its segment.
 */
export function readRecords(bytes: Buffer, mark: Mark, start = 0): ReadRecords {
  const records: SpoolRecord[] = [];
  const gaps: Gap[] = [];
  let at = 0;
  while (at < bytes.length) {
    const message = readRecord(bytes, at, mark);
    if (message) {
      at += message.length;
      records.push({ message: message.message, end: start + at });
      continue;
    }
    const next = findRecord(bytes, at + 1, mark);
    gaps.push({ from: start + at, to: start + next });
    at = next;
  }
  return { records, gaps };
}

/** Returns the place of the next sound record, or the end. */
function findRecord(bytes: Buffer, from: number, mark: Mark): number {
  for (let at = bytes.indexOf(mark, from); at >= 0; at = bytes.indexOf(mark, at + 1)) {
    if (readRecord(bytes, at, mark)) return at;
  }
  return bytes.length;
}

function readRecord(
  bytes: Buffer,
  at: number,
  mark: Mark,
): { readonly message: SpooledMessage; readonly length: number } | undefined {
  if (at + HEAD_BYTES + FIXED_BYTES > bytes.length) return undefined;
  if (mark.compare(bytes, at, at + MARK_BYTES) !== 0) return undefined;
  const length = bytes.readUInt32LE(at + MARK_BYTES);
  if (length < HEAD_BYTES + FIXED_BYTES || length > MAX_RECORD_BYTES || at + length > bytes.length)
    return undefined;
  const record = bytes.subarray(at, at + length);
  if (record.readUInt32LE(MARK_BYTES + 4) !== checksum(record)) return undefined;
  const nameEnd = HEAD_BYTES + FIXED_BYTES + record.readUInt16LE(HEAD_BYTES + 8);
  const [topic, id, hash] = record.toString("latin1", HEAD_BYTES + FIXED_BYTES, nameEnd).split("\n");
  if (id === undefined || nameEnd > length) return undefined;
  const body = record.subarray(nameEnd);
  const message = { topic: topic as Topic, id, at: record.readDoubleLE(HEAD_BYTES), body };
  return { message: hash === undefined ? message : { ...message, hash: Number(hash) }, length };
}
