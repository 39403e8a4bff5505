import type { Device } from "@rumkit/protocol";
import type { Access } from "../access/access.ts";
import type { Count } from "../journal/count.ts";
import type { ActiveSessions } from "./activeSessions.ts";
import type { ArrivedBatch, ReadEvents } from "./countEvents.ts";
import type { CollectRequest } from "../http/collectRequest.ts";
import type { CheckOrigin } from "../http/corsOrigin.ts";
import type { Overload } from "./overload.ts";
import type { RequestOrigin } from "../http/originPolicy.ts";
import type { RateLimit } from "../http/rateLimit.ts";
import type { Counting } from "../metrics/counting.ts";
import type { RecordSample } from "../metrics/sample.ts";
import type { VocabularyOf } from "../learned/limitLearnedNames.ts";
import type { PageVocabulary } from "../pages/pageEvents.ts";

/** Receives a vital of a counted batch, with the device of its session. */
export type OnVital = (device: Device, metric: string, value: number, times: number) => void;

export interface CollectOptions {
  /** The app whose batches are counted; undefined for every app. */
  readonly app: string | undefined;
  /** True if answers explain the fault of each event, for development. */
  readonly verbose: boolean;
  readonly checkOrigin: CheckOrigin;
  readonly originOf: (request: CollectRequest) => RequestOrigin;
  /** Called if pages of an origin may not report, or not with their key. The message names what to add. */
  readonly onDenied: (message: string) => void;
  /** Called in development with a message for each fault of an event. */
  readonly onFault: (message: string) => void;
  /** Called with the path and query of every accepted request. */
  readonly onPath: (pathAndQuery: string) => void;
  /** Refuses a batch without a write key. Undefined if pages need none. */
  readonly access: Pick<Access, "checkWriteKey"> | undefined;
  readonly translate: PageVocabulary;
  /**
   * Returns the vocabulary of a sender, which limits how many names each sender can add. Default: `translate` for all
   * senders.
   */
  readonly translateOf?: VocabularyOf | undefined;
  /** Returns the sender that a rate limit counts, also behind trusted proxies. */
  readonly senderOf: (request: CollectRequest) => string | undefined;
  readonly rateLimit: RateLimit;
  /** True for the `User-Agent` of a crawler, whose events are counted separately. */
  readonly isBot: (userAgent: string | undefined) => boolean;
  readonly overload: Overload;
  readonly count: Count;
  /** Publishes a batch instead of counting it. Default none: this collector counts it. */
  readonly publish?: ((arrived: ArrivedBatch, read: ReadEvents) => Promise<"appended">) | undefined;
  readonly record: RecordSample;
  /** Looks up a series of the collector's own for repeated use. */
  readonly child: Counting["child"];
  readonly sessions: ActiveSessions;
  /** Called with the release that a counted batch names. */
  readonly onRelease: (release: string) => void;
  /** Called with each vital of a counted batch. */
  readonly onVital: OnVital;
  /** True once the journal is about to close: later bodies are answered with 503. */
  readonly isDraining: () => boolean;
  /** True if an answer means that the batch outlives the process. */
  readonly durable: boolean;
  /** The clock: milliseconds since 1970. */
  readonly now: () => number;
}
