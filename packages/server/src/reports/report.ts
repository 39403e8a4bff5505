import { type Fields, MAX_REPORTS, MAX_TEXT, type ObjectOf } from "@rumkit/protocol";
import { CollectError } from "../http/collectError.ts";
import { isObject } from "../http/fieldReaders.ts";
import { readObject, toShape } from "../http/objectReader.ts";
import { parseJson } from "../http/parseJson.ts";

/** The fields of a report (W3C Reporting API, "serialize a list of reports to JSON"). Browsers choose every value. */
export const reportFields = {
  type: { kind: "text", most: MAX_TEXT, what: "the type of report, such as `csp-violation`" },
  url: { kind: "text", most: MAX_TEXT, what: "the document; of a network error the address that failed" },
  body: { kind: "object", optional: true, what: "the data of this type of report" },
} as const satisfies Fields;

/** The field of a body of `application/csp-report` (Content Security Policy Level 3, "report a violation"). */
export const cspReportFields = {
  "csp-report": { kind: "object", what: "the violation" },
} as const satisfies Fields;

/** A report of a browser, of either content type. All strings in it come from a page. */
export interface Report {
  readonly type: string;
  /** The document of the report; for a network error, the URL that failed. */
  readonly url: string;
  readonly body: Readonly<Record<string, unknown>>;
}

/** Types of reports that are counted separately: those of specifications. All others are `other`. */
export const REPORT_TYPES = [
  "csp-violation",
  "crash",
  "deprecation",
  "intervention",
  "network-error",
  "network-ok",
  "permissions-policy-violation",
  "document-policy-violation",
  "integrity-violation",
] as const;

/** The directives of Content Security Policy Level 3, section 6, of Trusted Types and of older browsers. */
export const CSP_DIRECTIVES = [
  "default-src",
  "script-src",
  "script-src-elem",
  "script-src-attr",
  "style-src",
  "style-src-elem",
  "style-src-attr",
  "img-src",
  "font-src",
  "connect-src",
  "media-src",
  "object-src",
  "frame-src",
  "fenced-frame-src",
  "child-src",
  "worker-src",
  "manifest-src",
  "prefetch-src",
  "base-uri",
  "form-action",
  "frame-ancestors",
  "sandbox",
  "webrtc",
  "require-trusted-types-for",
  "trusted-types",
] as const;

/**
 * `enforce` if the browser blocked the resource, `report` if it only reported it
 * (`Content-Security-Policy-Report-Only`).
 */
export const DISPOSITIONS = ["enforce", "report"] as const;

/** The reports of a request. */
export interface ReadReports {
  /** Undefined for an invalid report. */
  readonly reports: readonly (Report | undefined)[];
  /** The number of reports beyond the limit of one request, which are not read. */
  readonly tooMany: number;
}

/**
 * The reports of a request.
 *
 * Other content types are refused: these two need a preflight if a page sends them to another origin, while the types
 * of forms and beacons do not. Throws a `CollectError`: `bad_media_type`, `bad_reports`, and what `parseJson` throws.
 */
export function parseReports(contentType: string | undefined, read: Buffer): ReadReports {
  const value = parseJson(read);
  if (mediaType(contentType) === CSP_REPORT) return { reports: [readCspReport(value)], tooMany: 0 };
  if (!Array.isArray(value)) throw new CollectError("bad_reports", "The body is not an array of reports.");
  return {
    reports: value.slice(0, MAX_REPORTS).map(readReport),
    tooMany: Math.max(0, value.length - MAX_REPORTS),
  };
}

/** Throws a `CollectError`, `bad_media_type`, for a content type that browsers do not use for reports. */
export function checkMediaType(contentType: string | undefined): void {
  if ([REPORTS, CSP_REPORT].includes(mediaType(contentType))) return;
  throw new CollectError("bad_media_type", `Reports come as ${REPORTS} or as ${CSP_REPORT}.`);
}

const REPORTS = "application/reports+json";
const CSP_REPORT = "application/csp-report";

function mediaType(contentType = ""): string {
  return contentType.split(";", 1)[0]!.trim().toLowerCase();
}

const reportShape = toShape(reportFields);
const cspReportShape = toShape(cspReportFields);
const NOTHING = {};

function readReport(value: unknown): Report | undefined {
  const report = isObject(value) ? readObject(value, reportShape) : "";
  if (typeof report === "string") return undefined;
  const { type, url, body } = report as unknown as ObjectOf<typeof reportFields>;
  return { type, url, body: body ?? NOTHING };
}

function textOf(value: unknown): string {
  return typeof value === "string" ? value : "";
}

/** The older format has the same fields, with dashes. */
function readCspReport(value: unknown): Report {
  const read = isObject(value) ? readObject(value, cspReportShape) : "";
  if (typeof read === "string") throw new CollectError("bad_reports", 'The body has no object "csp-report".');
  const { "csp-report": report } = read as unknown as ObjectOf<typeof cspReportFields>;
  return {
    type: "csp-violation",
    url: textOf(report["document-uri"]),
    body: {
      // Before Level 3, browsers sent the whole directive with its sources.
      effectiveDirective: report["effective-directive"] ?? report["violated-directive"],
      disposition: report["disposition"],
      blockedURL: report["blocked-uri"],
      sourceFile: report["source-file"],
      lineNumber: report["line-number"],
      columnNumber: report["column-number"],
    },
  };
}
