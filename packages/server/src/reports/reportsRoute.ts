import { MAX_REPORTS_BYTES, type ReportsRejection } from "@rumkit/protocol";
import type { Access } from "../access/access.ts";
import { writeKeyOf } from "../access/credentials.ts";
import type { Count } from "../journal/count.ts";
import { CollectError } from "../http/collectError.ts";
import {
  type AnswerRequest,
  type CollectRequest,
  NO_SNIFFING,
  type PlainAnswer,
} from "../http/collectRequest.ts";
import { type CheckOrigin, preflightAnswer, readHeaders } from "../http/corsOrigin.ts";
import type { AllowedOrigin } from "../http/originList.ts";
import type { OriginPolicy, RequestOrigin } from "../http/originPolicy.ts";
import { type RateLimit, refuseForRate } from "../http/rateLimit.ts";
import { readBody } from "../http/readBody.ts";
import { answerRefusal, keep, refuseWhileDraining } from "../http/refusal.ts";
import type { RecordSample, Sample } from "../metrics/sample.ts";
import { checkMediaType, parseReports, type Report } from "./report.ts";
import type { CountedReport, ReportVocabulary } from "./reportEvent.ts";
import type { ShownEvents } from "../base/shownEvents.ts";

export interface ReportsOptions {
  readonly checkOrigin: CheckOrigin;
  /** The same for the documents of reports. */
  readonly originPolicy: OriginPolicy;
  /** Refuses reports without a write key. Undefined if pages need none. */
  readonly access: Pick<Access, "checkWriteKey"> | undefined;
  /** Returns the sender that the rate limit counts, also behind trusted proxies. */
  readonly senderOf: (request: CollectRequest) => string | undefined;
  readonly rateLimit: RateLimit;
  readonly translate: ReportVocabulary;
  readonly count: Count;
  readonly record: RecordSample;
  /** True if answers explain faults, for development. */
  readonly verbose: boolean;
  readonly isDraining: () => boolean;
  /** The clock: milliseconds since 1970. */
  readonly now: () => number;
}

/**
 * `POST /reports`: the reports that browsers send by themselves (Reporting API, and `report-uri` of a
 * Content-Security-Policy).
 *
 * Reports have no ids, so each delivery counts. `Origin` names the page (Chromium 156, Firefox 153) or is `null` (a
 * sandboxed document), so it is checked if it is present. For each report, the origin of its document is checked as
 * well, so that another site cannot have its reports counted by naming this URL in its headers.
 */
export function createReports(options: ReportsOptions): AnswerRequest {
  return async function reports(request) {
    if (request.method === "OPTIONS") return preflightAnswer(request, options.checkOrigin, options);
    let headers: Readonly<Record<string, string>> = HEADERS;
    try {
      const named = checkSender(request, options);
      if (named !== undefined) headers = { ...HEADERS, ...readHeaders(named) };
      const wait = options.rateLimit.take(options.senderOf(request), performance.now());
      if (wait > 0) {
        options.record(rejectionSample("rate_limited"));
        return refuseForRate(wait, headers);
      }
      await countReports(request, options);
      return { status: 204, headers, body: "" };
    } catch (error) {
      return refuse(error, headers, options);
    }
  };
}

const HEADERS = { "cache-control": "no-store", vary: "Origin", ...NO_SNIFFING };

/**
 * Checks the key and the named origin before the body is read. Returns the origin that CORS headers must name. A
 * request without an origin passes, because each of its reports is checked.
 */
function checkSender(
  request: CollectRequest,
  { checkOrigin, access }: ReportsOptions,
): AllowedOrigin | undefined {
  const origin = request.header("origin");
  const isNamed = origin !== undefined && origin !== "null";
  try {
    access?.checkWriteKey(writeKeyOf(request.url), documentOrigin(isNamed ? origin : undefined, request));
  } catch (error) {
    if (isNamed || !isOriginDenied(error)) throw error;
  }
  return isNamed ? checkOrigin(request) : undefined;
}

/** Only the origin of the document is known, because the headers of the request do not belong to the document. */
function documentOrigin(origin: string | undefined, { authority }: CollectRequest): RequestOrigin {
  return { origin, host: authority, fetchSite: undefined };
}

async function countReports(request: CollectRequest, options: ReportsOptions): Promise<void> {
  refuseWhileDraining(options.isDraining, "reports");
  const contentType = request.header("content-type");
  checkMediaType(contentType);
  const body = await readBody(request, MAX_REPORTS_BYTES);
  refuseWhileDraining(options.isDraining, "reports");
  const counted: CountedReport[] = [];
  const rejected: Sample[] = [];
  const { reports, tooMany } = parseReports(contentType, body);
  for (const report of reports) {
    const rejection = rejectionOf(report, request, options);
    if (rejection === undefined) counted.push(options.translate(report!));
    else rejected.push(rejectionSample(rejection));
  }
  if (tooMany > 0) rejected.push(rejectionSample("too_many_reports", tooMany));
  if (counted.length === 0) return rejected.forEach(options.record);
  const samples = [...counted.flatMap((report) => report.samples), ...rejected];
  const events: ShownEvents = {
    length: counted.length,
    errors: 0,
    errorTimes: 0,
    types: () => counted.map((report) => report.describe().type),
    describe: () => counted.map((report) => report.describe()),
    pageErrors: () => [],
  };
  await keep("reports", () => options.count({ from: "page", at: options.now(), samples, events }));
}

/** Returns the reason why a report is not counted. It does not affect the other reports of the request. */
function rejectionOf(
  report: Report | undefined,
  request: CollectRequest,
  options: ReportsOptions,
): ReportsRejection | undefined {
  if (!report) return "bad_report";
  return mayReport(URL.parse(report.url)?.origin, request, options) ? undefined : "origin_denied";
}

/** True if this key may report on documents of an origin. */
function mayReport(
  origin: string | undefined,
  request: CollectRequest,
  { originPolicy, access }: ReportsOptions,
): boolean {
  const document = documentOrigin(origin, request);
  try {
    access?.checkWriteKey(writeKeyOf(request.url), document);
    originPolicy(document);
    return true;
  } catch (error) {
    if (!isOriginDenied(error)) throw error;
    return false;
  }
}

function isOriginDenied(error: unknown): boolean {
  return error instanceof CollectError && error.code === "origin_denied";
}

function rejectionSample(reason: ReportsRejection, value = 1): Sample {
  return { metric: "rum_reports_rejected_total", labels: { reason }, value };
}

function refuse(
  error: unknown,
  headers: Readonly<Record<string, string>>,
  options: ReportsOptions,
): PlainAnswer {
  if (!(error instanceof CollectError)) throw error;
  options.record(rejectionSample(error.code as ReportsRejection));
  return answerRefusal(error, headers, options);
}
