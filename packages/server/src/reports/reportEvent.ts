import {
  type AttributeValue,
  type Catalog,
  createRouteMatcher,
  withoutParameters,
  type LiveEvent,
  MAX_TEXT,
  REPORTS_REJECTIONS,
  UNMATCHED_ROUTE,
} from "@rumkit/protocol";
import type { Sample } from "../metrics/sample.ts";
import { OTHER_VALUE } from "../metrics/labelValues.ts";
import { increment } from "../vocabulary/countedEvent.ts";
import { CSP_DIRECTIVES, DISPOSITIONS, type Report, REPORT_TYPES } from "./report.ts";
import { withLearnedRoutes } from "../catalog/describeLearnedMetrics.ts";
import type { MetricDescriptor } from "../metrics/descriptor.ts";
import { collectorCounter, lazyPageCounter } from "../metrics/describeFamily.ts";

/** The samples of a report, and its entry in the live tail. */
export interface CountedReport {
  readonly samples: readonly Sample[];
  /** Creates the entry on demand. */
  readonly describe: () => Omit<LiveEvent, "at">;
}

/** Never throws. */
export type ReportVocabulary = (report: Report) => CountedReport;

const KNOWN_TYPES: ReadonlySet<string> = new Set(REPORT_TYPES);
const KNOWN_DIRECTIVES: ReadonlySet<string> = new Set(CSP_DIRECTIVES);
const KNOWN_DISPOSITIONS: ReadonlySet<unknown> = new Set(DISPOSITIONS);

export function createReportVocabulary({ routes }: Pick<Catalog, "routes">): ReportVocabulary {
  const matchRoute = createRouteMatcher(routes);
  return (report) => {
    const path = URL.parse(report.url)?.pathname;
    const route = path === undefined ? UNMATCHED_ROUTE : matchRoute(withoutParameters(path));
    const type = typeOf(report);
    const labels = { type, route, ...(type === "csp-violation" && violationLabels(report)) };
    return {
      samples: [increment("rum_reports_total", labels, 1)],
      describe: () => ({
        source: "page",
        type: "report",
        name: type,
        route,
        count: 1,
        details: describe(report),
      }),
    };
  };
}

/** A network error policy may ask for successful requests too, which are not errors. */
function typeOf({ type, body }: Report): string {
  if (type === "network-error" && body["type"] === "ok") return "network-ok";
  return KNOWN_TYPES.has(type) ? type : OTHER_VALUE;
}

function violationLabels({ body }: Report): { directive: string; disposition: string } {
  const { disposition, effectiveDirective } = body;
  const [directive = ""] = typeof effectiveDirective === "string" ? effectiveDirective.split(" ", 1) : [];
  return {
    directive: KNOWN_DIRECTIVES.has(directive) ? directive : OTHER_VALUE,
    // Older browsers send no disposition if they enforce.
    disposition: KNOWN_DISPOSITIONS.has(disposition) ? String(disposition) : "enforce",
  };
}

/** The values of a report that are shown, with their name and the function that scrubs them. */
const SHOWN: readonly (readonly [key: string, name: string, clean: (text: string) => string])[] = [
  ["effectiveDirective", "directive", bareText],
  ["blockedURL", "blocked", bareSource],
  ["disposition", "disposition", bareText],
  ["id", "id", bareText],
  ["policyId", "policy", bareText],
  ["reason", "reason", bareText],
  ["message", "message", bareText],
  ["phase", "phase", bareText],
  ["type", "error", bareText],
  ["status_code", "status", bareText],
  ["sourceFile", "source", bareAddress],
  ["lineNumber", "line", bareText],
  ["columnNumber", "column", bareText],
];

function describe({ type, body }: Report): Record<string, AttributeValue> {
  const shown = SHOWN.flatMap(([key, name, clean]): [string, AttributeValue][] => {
    const value = body[key];
    if (typeof value === "string" && value !== "") return [[name, clean(value)]];
    return typeof value === "number" ? [[name, value]] : [];
  });
  const details = Object.fromEntries(shown);
  // A report that counts as "other" is shown with its own type.
  return KNOWN_TYPES.has(type) ? details : { kind: bareText(type), ...details };
}

/** Keywords that browsers send instead of a URL: `inline`, `eval`, `trusted-types-policy`. */
const KEYWORD = /^[a-z-]{1,32}$/;

/** Removes queries, hashes and credentials from the URLs in a text. */
function bareText(text: string): string {
  return text
    .slice(0, MAX_TEXT)
    .toWellFormed()
    .replace(/[?#][^\s"'<>)]+/g, "")
    .replace(/\/\/[^\s/@]+@/g, "//");
}

/** Returns a URL without query, hash and credentials; for a `data:` or `blob:` URL its scheme. */
function bareAddress(text: string): string {
  const url = URL.parse(text);
  if (!url) return bareText(text);
  return isWeb(url) ? bareText(url.origin + url.pathname) : url.protocol;
}

/** Returns the source of a blocked resource: a host, a scheme or a keyword of the browser. */
function bareSource(text: string): string {
  const url = URL.parse(text);
  if (url) return isWeb(url) ? url.host : url.protocol;
  return KEYWORD.test(text) ? text : "other";
}

function isWeb({ protocol }: URL): boolean {
  return ["http:", "https:", "ws:", "wss:"].includes(protocol);
}

/** Maximum label sets: a faulty policy violates a few directives on every route. */
const MAX_REPORT_SERIES = 2_000;

/** Metrics of reports that browsers send by themselves. */
export function describeReportMetrics(catalog: Catalog): MetricDescriptor[] {
  const routes = [...catalog.routes, UNMATCHED_ROUTE];
  const violations = (CSP_DIRECTIVES.length + 1) * DISPOSITIONS.length;
  const families = [
    lazyPageCounter(
      "rum_reports_total",
      "Reports of browsers: violated policies, crashes, deprecations, interventions, network errors.",
      {
        type: [...REPORT_TYPES, OTHER_VALUE],
        route: routes,
        directive: [...CSP_DIRECTIVES, OTHER_VALUE],
        disposition: DISPOSITIONS,
      },
      Math.min(routes.length * (REPORT_TYPES.length + violations), MAX_REPORT_SERIES),
    ),
    collectorCounter(
      "rum_reports_rejected_total",
      "Reports that were not counted, and whole requests to /reports that were refused.",
      Object.fromEntries(REPORTS_REJECTIONS.map((code) => [code, true])),
    ),
  ];
  return withLearnedRoutes(families, catalog);
}
