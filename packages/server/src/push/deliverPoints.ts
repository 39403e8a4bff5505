import { describeAnswer } from "../receivers/outcomes.ts";
import { readRetryAfter } from "../receivers/retryAfter.ts";
import type { SafeAnswer } from "../receivers/safeHttp.ts";
import type { PushFormat } from "./pushFormat.ts";
import type { PushLoss, PushOutcome } from "./pushMetrics.ts";
import { countSamples, type Point } from "./pushedSeries.ts";

/** Maximum bytes of a request before compression: an eighth of what Prometheus 3.12 takes, and what proxies allow. */
export const MAX_DECODED_BYTES = 4_194_304;

/** Requests into which one refused request is split at most: enough to find two series among 5,000. */
const MAX_SPLITS = 64;

/** Statuses that can mean one bad series among good ones. Others are about the request: the URL, the credentials. */
const BY_CONTENT: ReadonlySet<number> = new Set([400, 413, 422]);

/** The outcome of a delivery. */
export type Delivered =
  | { readonly kind: "settled" }
  | {
      readonly kind: "retry";
      /** The points that the receiver has not taken, in their order. */
      readonly rest: readonly Point[];
      readonly afterMs: number | undefined;
      readonly reason: string;
    };

export interface DeliveryParts {
  readonly format: PushFormat;
  /** Sends a body, and never throws. */
  readonly post: (body: Uint8Array, format: PushFormat) => Promise<SafeAnswer>;
  readonly now: () => number;
  /** False: a refused request is dropped as a whole. */
  readonly bisect: boolean;
  readonly onOutcome: (outcome: PushOutcome) => void;
  readonly onTaken: (points: readonly Point[]) => void;
  readonly onLoss: (reason: PushLoss, samples: number, sentence: string) => void;
  /** Called with a series that the receiver refuses although it is alone. */
  readonly onPoison: (point: Point) => void;
  /** Called when the receiver turned out not to know the format. */
  readonly onFallback: (format: PushFormat) => void;
}

/**
 * Sends points, in one request if they fit. A refused request is never sent again; it is split in two, until the series
 * that the receiver refuses are alone: else one of them would cost all others.
 */
export async function deliverPoints(points: readonly Point[], parts: DeliveryParts): Promise<Delivered> {
  const { onOutcome, onTaken, onLoss, onPoison, onFallback } = parts;
  let { format } = parts;
  let splitsLeft = parts.bisect ? MAX_SPLITS : 0;
  /** The parts to send, the next at the end. */
  const stack: (readonly Point[])[] = [points];
  for (let part = stack.pop(); part; part = stack.pop()) {
    const encoded = format.encode(part);
    if (encoded.length > MAX_DECODED_BYTES) {
      if (part.length > 1) stack.push(...halvesOf(part));
      else onLoss("refused", countSamples(part), "A series is larger than a request may be.");
      continue;
    }
    const answer = await parts.post(await format.compress(encoded), format);
    const verdict = judge(answer, format, part, parts.now());
    if (verdict.kind === "fallback") {
      format = verdict.to;
      onFallback(format);
      stack.push(part);
    } else if (verdict.kind === "retry") {
      onOutcome("retried");
      return { ...verdict, kind: "retry", rest: [part, ...stack.toReversed()].flat() };
    } else if (verdict.kind === "taken") {
      onOutcome("delivered");
      onTaken(part);
      if (verdict.lost > 0) onLoss("not_written", verdict.lost, "The receiver stored less than it was sent.");
    } else {
      onOutcome("refused");
      const { reason, byContent } = verdict;
      if (byContent && part.length > 1 && splitsLeft > 0) {
        splitsLeft -= 2;
        stack.push(...halvesOf(part));
      } else {
        onLoss("refused", countSamples(part), reason);
        if (byContent && part.length === 1 && part !== points) onPoison(part[0]!);
      }
    }
  }
  return { kind: "settled" };
}

/** The second half first, because the last of a stack is the next. */
function halvesOf(points: readonly Point[]): [readonly Point[], readonly Point[]] {
  const middle = Math.ceil(points.length / 2);
  return [points.slice(middle), points.slice(0, middle)];
}

type Verdict =
  | { readonly kind: "taken"; readonly lost: number }
  | { readonly kind: "retry"; readonly afterMs: number | undefined; readonly reason: string }
  | { readonly kind: "refused"; readonly reason: string; readonly byContent: boolean }
  | { readonly kind: "fallback"; readonly to: PushFormat };

/** The specification: all 5xx and 429 are sent again, no other 4xx. What failed on its way is sent again, too. */
function judge(answer: SafeAnswer, format: PushFormat, points: readonly Point[], now: number): Verdict {
  if (answer.kind === "failed") {
    const { isForbidden, reason } = answer;
    return isForbidden
      ? { kind: "refused", reason, byContent: false }
      : { kind: "retry", afterMs: undefined, reason };
  }
  const { status } = answer;
  if (status >= 200 && status < 300) return judgeWritten(answer.headers ?? {}, format, points);
  const reason = describeAnswer(answer);
  if (status >= 500 || status === 429)
    return { kind: "retry", afterMs: readRetryAfter(answer.retryAfter, now), reason };
  if (status === 415 && format.fallback) return { kind: "fallback", to: format.fallback };
  return { kind: "refused", reason, byContent: BY_CONTENT.has(status) };
}

/** A receiver of remote write 2.0 says how much it stored. One that says nothing has read another message: nothing. */
function judgeWritten(
  headers: Readonly<Record<string, string>>,
  { writtenHeaders, fallback }: PushFormat,
  points: readonly Point[],
): Verdict {
  const [first] = writtenHeaders;
  if (first === undefined) return { kind: "taken", lost: 0 };
  const written = headers[first];
  if (written === undefined && fallback) return { kind: "fallback", to: fallback };
  const stored = /^\d{1,15}$/.test(written ?? "") ? Number(written) : 0;
  return { kind: "taken", lost: Math.max(0, countSamples(points) - stored) };
}
