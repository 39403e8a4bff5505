import { z } from "zod";

/** The data of one type of report. Its values are checked by their readers. */
const body = z.record(z.string(), z.unknown());

/** A report of the Reporting API (W3C Reporting API, "serialize a list of reports to JSON"). */
export const reportSchema = z.object({
  type: z.string(),
  /** The document of the report; of a network error the address that failed. */
  url: z.string(),
  body: body.nullish(),
});

/** A body of `application/csp-report` (Content Security Policy Level 3, "report a violation"). */
export const cspReportSchema = z.object({ "csp-report": body });
