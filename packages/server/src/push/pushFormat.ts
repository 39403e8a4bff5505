import type { Point } from "./pushedSeries.ts";

/** One of the protocols: it turns points into a request. */
export interface PushFormat {
  /** Its name in the options. */
  readonly name: "1.0" | "2.0" | "otlp";
  readonly headers: Readonly<Record<string, string>>;
  encode(points: readonly Point[]): Buffer;
  /** Compresses an encoded body. */
  compress(encoded: Buffer): Promise<Uint8Array> | Uint8Array;
  /** Headers of an answer that count what the receiver stored; a receiver that knows the format sends the first of them. */
  readonly writtenHeaders: readonly string[];
  /** The format of a receiver that does not know this one. */
  readonly fallback?: PushFormat | undefined;
}
