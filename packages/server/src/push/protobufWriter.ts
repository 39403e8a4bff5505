/** Wire types of protobuf (https://protobuf.dev/programming-guides/encoding/). */
const VARINT = 0;
const FIXED64 = 1;
const DELIMITED = 2;

/**
 * The bits of a stale marker (`StaleNaN` of Prometheus' `model/value`), as two little-endian halves of 32 bits. They are
 * not written as a number: JavaScript may change the bits of a NaN.
 */
const STALE_LOW = 0x0000_0002;
const STALE_HIGH = 0x7ff0_0000;

/**
 * Writes messages of protobuf. Three formats need six kinds of fields; a library would bring a megabyte and a compiler of
 * schemas for them.
 */
export class ProtobufWriter {
  #bytes: Buffer;
  #length = 0;

  constructor(capacity = 1_024) {
    this.#bytes = Buffer.allocUnsafe(capacity);
  }

  get length(): number {
    return this.#length;
  }

  /** A copy of what was written. */
  finish(): Buffer {
    return Buffer.from(this.#bytes.subarray(0, this.#length));
  }

  /** An integer from 0 to 2^53 - 1. */
  integer(field: number, value: number): this {
    this.#tag(field, VARINT);
    this.varint(value);
    return this;
  }

  double(field: number, value: number): this {
    this.#tag(field, FIXED64);
    this.rawDouble(value);
    return this;
  }

  staleMarker(field: number): this {
    this.#tag(field, FIXED64);
    const bytes = this.#room(8);
    bytes.writeUInt32LE(STALE_LOW, this.#length);
    this.#length = bytes.writeUInt32LE(STALE_HIGH, this.#length + 4);
    return this;
  }

  /** An unsigned integer of 64 bits, in 8 bytes. */
  fixed64(field: number, value: bigint): this {
    this.#tag(field, FIXED64);
    this.rawFixed64(value);
    return this;
  }

  /** A text. Lone surrogates become U+FFFD, because a text of protobuf is valid UTF-8. */
  text(field: number, text: string): this {
    const bytes = Buffer.byteLength(text);
    this.#tag(field, DELIMITED);
    this.varint(bytes);
    this.#length += this.#room(bytes).write(text, this.#length, "utf8");
    return this;
  }

  /** A message, or packed numbers, as they were encoded before. */
  bytes(field: number, encoded: Uint8Array): this {
    this.#tag(field, DELIMITED);
    this.varint(encoded.length);
    return this.raw(encoded);
  }

  message(field: number, write: (message: ProtobufWriter) => void): this {
    const message = new ProtobufWriter();
    write(message);
    return this.bytes(field, message.#bytes.subarray(0, message.#length));
  }

  /** Fields that were encoded before. */
  raw(encoded: Uint8Array): this {
    this.#room(encoded.length).set(encoded, this.#length);
    this.#length += encoded.length;
    return this;
  }

  /** Numbers without their field, for packed ones. */
  rawFixed64(value: bigint): void {
    this.#length = this.#room(8).writeBigUInt64LE(value, this.#length);
  }

  rawDouble(value: number): void {
    this.#length = this.#room(8).writeDoubleLE(value, this.#length);
  }

  varint(value: number): void {
    const bytes = this.#room(8);
    let rest = value;
    while (rest > 0x7f) {
      bytes[this.#length] = (rest % 0x80) | 0x80;
      this.#length += 1;
      rest = Math.floor(rest / 0x80);
    }
    bytes[this.#length] = rest;
    this.#length += 1;
  }

  #tag(field: number, type: number): void {
    this.varint(field * 8 + type);
  }

  #room(bytes: number): Buffer {
    const needed = this.#length + bytes;
    if (needed > this.#bytes.length) {
      const larger = Buffer.allocUnsafe(Math.max(needed, this.#bytes.length * 2));
      this.#bytes.copy(larger, 0, 0, this.#length);
      this.#bytes = larger;
    }
    return this.#bytes;
  }
}
