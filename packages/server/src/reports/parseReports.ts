import { CollectError } from "../ingest/collectError.ts";
import { parseJson } from "../ingest/parseJson.ts";
import type { Report } from "./report.ts";
import { cspReportSchema, reportSchema } from "./reportSchema.ts";

/**
 * The reports of a request, undefined in the place of one that is none.
 *
 * No other content type is read: these two no page can send by itself to another origin without asking
 * first, a form's or a beacon's it can. Throws a `CollectError`: `bad_media_type`, `bad_reports`, and what
 * `parseJson` throws.
 */
export function parseReports(contentType: string | undefined, read: Buffer): (Report | undefined)[] {
  const value = parseJson(read);
  if (mediaType(contentType) === CSP_REPORT) return [readCspReport(value)];
  if (!Array.isArray(value)) throw new CollectError("bad_reports", "The body is no array of reports.");
  return value.map(readReport);
}

/** Throws a `CollectError`, `bad_media_type`, for whatever browsers do not send reports as. */
export function checkMediaType(contentType: string | undefined): void {
  if ([REPORTS, CSP_REPORT].includes(mediaType(contentType))) return;
  throw new CollectError("bad_media_type", `Reports come as ${REPORTS} or as ${CSP_REPORT}.`);
}

const REPORTS = "application/reports+json";
const CSP_REPORT = "application/csp-report";

function mediaType(contentType = ""): string {
  return contentType.split(";", 1)[0]!.trim().toLowerCase();
}

function readReport(value: unknown): Report | undefined {
  const { success, data } = reportSchema.safeParse(value);
  return success ? { type: data.type, url: data.url, body: data.body ?? {} } : undefined;
}

/** The older form says the same with dashes. */
function readCspReport(value: unknown): Report {
  const parsed = cspReportSchema.safeParse(value);
  if (!parsed.success) throw new CollectError("bad_reports", 'The body has no object "csp-report".');
  const report = parsed.data["csp-report"];
  return {
    type: "csp-violation",
    url: String(report["document-uri"]),
    body: {
      // Before Level 3 browsers named the whole directive, with its sources.
      effectiveDirective: report["effective-directive"] ?? report["violated-directive"],
      disposition: report["disposition"],
      blockedURL: report["blocked-uri"],
      sourceFile: report["source-file"],
      lineNumber: report["line-number"],
      columnNumber: report["column-number"],
    },
  };
}
