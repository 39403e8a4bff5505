import { BATCH_REJECTIONS, INGEST_REJECTIONS, REPORTS_REJECTIONS } from "@rumkit/protocol";
import { alertOperations } from "./alertOperations.ts";
import { listErrors, liveOperations, makeLink } from "./liveOperations.ts";
import { json, JSON_TYPE, type Operation, text } from "./operation.ts";

const PREFLIGHT = { 204: { description: "The methods and headers that pages of allowed origins may use." } };
const IDEMPOTENCY = "The same on every retry of the same body: 1 to 255 visible characters.";

/** Every route below the path of the API. */
const apiOperations: readonly Operation[] = [
  {
    method: "get",
    under: "api",
    path: "/catalog",
    summary:
      "Returns the draft of a catalog from the names, routes and values that were seen, if names are learned.",
    access: "token",
    scope: "live",
    answers: {
      200: json("The draft.", "CatalogDraft"),
      404: json("The collector has a catalog, and learns no names.", "PlainError"),
    },
  },
  { ...listErrors, under: "api", path: "/errors" },
  { ...makeLink, under: "api", path: "/share" },
  {
    method: "get",
    under: "api",
    path: "/cardinality",
    summary: "Returns the number of series, their limits, and the labels that create them.",
    access: "token",
    scope: "metrics",
    answers: { 200: json("The series.", "Cardinality") },
  },
  {
    method: "put",
    under: "api",
    path: "/sourcemaps/:release/:file",
    summary: "Stores a source map, if access and source maps are configured.",
    access: "token",
    scope: "admin",
    body: { [JSON_TYPE]: "text" },
    answers: {
      201: { description: "It is kept.", content: { [JSON_TYPE]: "text" } },
      400: json("Release or file are not valid names, or the map did not arrive completely.", "PlainError"),
      413: json("The map is too large, or there is no room for it.", "PlainError"),
      500: json("The map could not be stored. The collector's log has the reason.", "PlainError"),
      507: json("The disk is full.", "PlainError"),
    },
  },
  {
    method: "get",
    under: "api",
    path: "/openapi.json",
    summary: "Returns this document.",
    answers: { 200: { description: "OpenAPI 3.1.", content: { [JSON_TYPE]: "text" } } },
  },
];

/** Every route of the collector; a test compares this list with the app. */
export const operations: readonly Operation[] = [
  {
    method: "post",
    path: "/collect",
    summary: "Takes a batch of a page.",
    access: "writeKey",
    headers: { "Idempotency-Key": IDEMPOTENCY },
    body: { "text/plain": "Batch", [JSON_TYPE]: "Batch" },
    answers: {
      200: json("Counted once, and kept beyond the process.", "CollectAnswer"),
      202: json("Counted once, and kept in memory.", "CollectAnswer"),
    },
    refusals: BATCH_REJECTIONS,
  },
  { method: "options", path: "/collect", summary: "Answers a preflight.", answers: PREFLIGHT },
  {
    method: "post",
    path: "/collect/validate",
    summary: "Checks a batch without counting it.",
    access: "writeKey",
    body: { "text/plain": "Batch", [JSON_TYPE]: "Batch" },
    answers: { 200: json("The outcome that each event would have.", "CollectAnswer") },
    refusals: BATCH_REJECTIONS,
  },
  {
    method: "options",
    path: "/collect/validate",
    summary: "Answers a preflight.",
    answers: PREFLIGHT,
  },
  {
    method: "get",
    path: "/collect/funnels",
    summary: "Returns the routes and the steps of funnels to pages.",
    answers: { 200: json("The names that the catalog declares.", "FunnelSteps") },
  },
  { method: "options", path: "/collect/funnels", summary: "Answers a preflight.", answers: PREFLIGHT },
  {
    method: "post",
    path: "/ingest",
    summary: "Takes values of other services.",
    access: "secretKey",
    headers: { "Idempotency-Key": IDEMPOTENCY },
    body: { [JSON_TYPE]: "IngestBody" },
    answers: { 202: json("The outcome of each item.", "IngestAnswer") },
    refusals: INGEST_REJECTIONS,
  },
  {
    method: "post",
    path: "/reports",
    summary: "Takes reports that browsers send by themselves.",
    access: "writeKey",
    body: { "application/reports+json": "Reports", "application/csp-report": "CspReport" },
    answers: { 204: { description: "The reports were read." } },
    refusals: REPORTS_REJECTIONS,
  },
  { method: "options", path: "/reports", summary: "Answers a preflight.", answers: PREFLIGHT },
  {
    method: "get",
    path: "/metrics",
    summary: "Shows everything that was counted.",
    access: "token",
    scope: "metrics",
    query: {
      "name[]": {
        description: "Only this family, by its name in either format; may be repeated.",
        schema: { type: "array", items: { type: "string" } },
      },
    },
    answers: {
      200: {
        description: "The Prometheus text format 0.0.4, or OpenMetrics 1.0 if the request prefers it.",
        content: { "text/plain": "text", "application/openmetrics-text": "text" },
      },
      500: json("A metric of the app failed.", "PlainError"),
      503: json("There are too many scrapes at once, or one took too long.", "PlainError"),
    },
  },
  {
    method: "get",
    path: "/rum.js",
    summary: "Returns the page's client as one script, for pages without a bundler.",
    headers: { "If-None-Match": "The tag of the version that the browser has." },
    answers: {
      200: text("The script.", "text/javascript"),
      304: { description: "The browser has it." },
      404: text("The script is not built.", "text/plain"),
    },
  },
  {
    method: "get",
    path: "/rum-:digest.js",
    summary: "Returns one version of that script, which never changes.",
    headers: { "If-None-Match": "The tag of the version that the browser has." },
    answers: {
      200: text("The script.", "text/javascript"),
      304: { description: "The browser has it." },
      404: text("The collector has another version.", "text/plain"),
    },
  },
  {
    method: "get",
    path: "/metrics/stream",
    summary: "Opens the WebSocket of metrics.",
    access: "token",
    scope: "live",
    answers: {
      101: { description: "The WebSocket is open." },
      403: json("The page's origin may not read the stream.", "PlainError"),
      426: json("The request is not a WebSocket's.", "PlainError"),
      503: json("There are too many streams, or the collector is stopping.", "PlainError"),
    },
  },
  {
    method: "get",
    path: "/healthz",
    summary: "Reports that the process is alive.",
    answers: { 200: json("It is alive.", "Health") },
  },
  {
    method: "get",
    path: "/readyz",
    summary: "Reports if the collector takes batches.",
    answers: {
      200: json("It takes batches.", "Readiness"),
      503: json("It does not, with the reason.", "Readiness"),
    },
  },
  ...liveOperations,
  ...apiOperations,
  ...alertOperations,
];
