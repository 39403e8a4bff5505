/** A report of a browser, from either content type. Every string in it is text from a page. */
export interface Report {
  readonly type: string;
  /** The document of the report; of a network error the address that failed. */
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

/** Content Security Policy Level 3, section 6, with Trusted Types and what older browsers name. */
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

/** `enforce` if the browser blocked it, `report` if it only reports it (`Content-Security-Policy-Report-Only`). */
export const DISPOSITIONS = ["enforce", "report"] as const;
