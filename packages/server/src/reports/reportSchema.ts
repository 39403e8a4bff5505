import { z } from "zod";

/** What the kind of a report says in particular. Its values are checked where they are read. */
const body = z.record(z.string(), z.unknown());

/** A report of the Reporting API (W3C Reporting API, "serialize a list of reports to JSON"). */
export const reportSchema = z.object({
  type: z.string(),
  /** The document that it is about; of a network error the address that failed. */
  url: z.string(),
  body: body.nullish(),
});

/** A body of `application/csp-report` (Content Security Policy Level 3, "report a violation"). */
export const cspReportSchema = z.object({ "csp-report": body });
