import { MAX_REPORTS, type ObjectOf } from "@rumkit/protocol";
import { CollectError } from "../http/collectError.ts";
import { isObject } from "../http/fieldReaders.ts";
import { readObject, toShape } from "../http/objectReader.ts";
import { parseJson } from "../http/parseJson.ts";
import { cspReportFields, type Report, reportFields } from "./report.ts";

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
