import { type Fields, MAX_TEXT } from "@rumkit/protocol";

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
