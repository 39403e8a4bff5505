import type { BatchRejection, ErrorAnswer, IngestRejection, ReportsRejection } from "@rumkit/protocol";

/** The reason for which a request of a page or of a service was refused as a whole. */
export type RequestRejection = BatchRejection | IngestRejection | ReportsRejection;

const STATUS = {
  empty_body: 400,
  bad_utf8: 400,
  bad_json: 400,
  too_deep: 400,
  too_many_keys: 400,
  aborted: 400,
  bad_encoding: 400,
  bad_method: 405,
  timeout: 408,
  bad_key: 401,
  bad_idempotency_key: 400,
  bad_token: 401,
  origin_denied: 403,
  unknown_app: 403,
  id_conflict: 409,
  too_large: 413,
  too_large_decoded: 413,
  too_many_events: 413,
  too_many_items: 413,
  too_many_reports: 413,
  bad_media_type: 415,
  unsupported_encoding: 415,
  rate_limited: 429,
  bad_version: 422,
  bad_batch: 422,
  bad_batch_id: 422,
  bad_items: 422,
  bad_report: 422,
  bad_reports: 422,
  no_valid_event: 422,
  body_taken: 503,
  draining: 503,
  overload: 503,
  journal_failed: 503,
} as const satisfies Record<RequestRejection, number>;

/** Returns the HTTP status of a refusal. */
export function statusOf(code: RequestRejection): number {
  return STATUS[code];
}

/** A request that is refused as a whole. Its `code` is stable; its message is for people. */
export class CollectError extends Error {
  readonly code: RequestRejection;
  readonly status: (typeof STATUS)[RequestRejection];
  /** Each fault on one line: `events: expected array`. */
  readonly issues: readonly string[];

  constructor(code: RequestRejection, message: string, issues: readonly string[] = []) {
    // Without a stack, because it is not used, and capturing it takes a quarter of a refusal's time.
    const { stackTraceLimit } = Error;
    Error.stackTraceLimit = 0;
    super(message);
    Error.stackTraceLimit = stackTraceLimit;
    this.name = "CollectError";
    this.code = code;
    this.status = STATUS[code];
    this.issues = issues;
  }

  /** Returns the body of the answer. Issues are for developers and stay out in production. */
  toAnswer(options: { verbose: boolean }): ErrorAnswer {
    const { code, message } = this;
    return {
      error: {
        code,
        message,
        ...(options.verbose && this.issues.length > 0 && { issues: [...this.issues] }),
      },
    };
  }
}

/** Throws `too_large` for a body of more than `most` bytes, and `empty_body` for one without any. */
export function checkBody(body: Buffer, most: number): void {
  if (body.length > most) throw tooLarge(most);
  if (body.length === 0) throw emptyBody();
}

export function emptyBody(): CollectError {
  return new CollectError("empty_body", "The body is empty. Send JSON.");
}

/** Returns the error for a body of more than `most` bytes. */
export function tooLarge(most: number): CollectError {
  return new CollectError("too_large", `A body has at most ${most} bytes. Send less at once.`);
}
