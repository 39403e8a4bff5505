import type { Access } from "../access/access.ts";
import type { Count } from "../journal/count.ts";
import type { ActiveSessions } from "./activeSessions.ts";
import type { CollectRequest } from "../http/collectRequest.ts";
import type { CheckOrigin } from "../http/corsOrigin.ts";
import type { Overload } from "./overload.ts";
import type { RequestOrigin } from "../http/originPolicy.ts";
import type { RateLimit } from "../http/rateLimit.ts";
import type { RecordSample } from "../metrics/sample.ts";
import type { VocabularyOf } from "../learned/namePlaces.ts";
import type { PageVocabulary } from "../pages/pageEvents.ts";

export interface CollectOptions {
  /** The app whose batches are counted; undefined for every app. */
  readonly app: string | undefined;
  /** Answers say what is wrong with each event: for development. */
  readonly verbose: boolean;
  readonly checkOrigin: CheckOrigin;
  readonly originOf: (request: CollectRequest) => RequestOrigin;
  /** Pages of an origin may not report, or not with their key. The message says what to add. */
  readonly onDenied: (message: string) => void;
  /** Told in development what is not counted as a page means it, a sentence for each fault. */
  readonly onFault: (sentence: string) => void;
  /** Sees the path and query of every batch that was let in. */
  readonly onPath: (pathAndQuery: string) => void;
  /** Refuses a batch without a write key. Undefined where pages need none. */
  readonly access: Pick<Access, "checkWriteKey"> | undefined;
  readonly translate: PageVocabulary;
  /** The same for one sender, where names are learned and have to be shared out. Default `translate` for each. */
  readonly translateOf?: VocabularyOf | undefined;
  /** What a rate limit takes for the sender, behind proxies that are trusted. */
  readonly senderOf: (request: CollectRequest) => string | undefined;
  readonly rateLimit: RateLimit;
  /** Whether a `User-Agent` is a crawler's, whose events are counted apart. */
  readonly isBot: (userAgent: string | undefined) => boolean;
  readonly overload: Overload;
  readonly count: Count;
  readonly record: RecordSample;
  readonly sessions: ActiveSessions;
  /** True once the journal is about to close: what is still read is answered with 503. */
  readonly isDraining: () => boolean;
  /** True where an answer means that the batch outlives the process. */
  readonly durable: boolean;
  /** The clock: milliseconds since 1970. */
  readonly now: () => number;
}
