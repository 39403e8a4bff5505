import { MAX_LINK_SECONDS, MIN_LINK_SECONDS } from "@rumkit/protocol";
import { json, JSON_TYPE, type Operation, text } from "./operation.ts";

const SECONDS = { type: "integer", minimum: 0 };

/** The errors of pages, for the live page and for tools. */
export const listErrors = {
  method: "get",
  summary: "Lists the faults of pages, grouped.",
  access: "token",
  scope: "live",
  query: {
    order: { description: "Which come first. Default newest.", schema: { enum: ["newest", "frequent"] } },
    limit: {
      description: "Groups at most. Default 50.",
      schema: { type: "integer", minimum: 1, maximum: 500 },
    },
  },
  answers: {
    200: json("The groups.", "ErrorGroups"),
    400: json("The query is wrong.", "PlainError"),
  },
} satisfies Omit<Operation, "under" | "path">;

/** A read-only link, for the live page and for tools. */
export const makeLink = {
  method: "post",
  summary: "Makes a read-only link to the live page.",
  access: "token",
  scope: "live",
  query: {
    seconds: {
      description: "Seconds for which the link is valid. Default a day.",
      schema: { type: "integer", minimum: MIN_LINK_SECONDS, maximum: MAX_LINK_SECONDS },
    },
  },
  answers: {
    201: json("The link.", "LiveLink"),
    400: json("The query is wrong.", "PlainError"),
    409: json("Everyone may read the live page.", "PlainError"),
    500: json("The key of links cannot be kept.", "PlainError"),
  },
} satisfies Omit<Operation, "under" | "path">;

/** Ends a link. */
const endLink = {
  method: "post",
  path: "/share/end",
  summary: "Ends a read-only link to the live page before its time.",
  access: "token",
  scope: "live",
  body: { [JSON_TYPE]: "EndedLink" },
  answers: {
    204: { description: "It opens nothing any more, and its streams end within a second." },
    400: json("The body is wrong.", "PlainError"),
    404: json("The link opens nothing anyway.", "PlainError"),
    409: json("Everyone may read the live page, or 1,000 links were ended.", "PlainError"),
    413: json("The body is too large.", "PlainError"),
    503: json("The journal could not keep it, so the link goes on.", "PlainError"),
  },
} satisfies Omit<Operation, "under">;

const TEXTS = { type: "array", items: { type: "string" } };

/** Parameters whose names are not fixed: a label, and each filter that excludes. */
const OTHER_NAMES = String.raw`^(?:label\..+|not\.(?:metrics|types|route|label\..+))$`;

/** The filters of `/realtime/metrics`. */
const LIVE_FILTERS: NonNullable<Operation["query"]> = {
  metrics: {
    description: "Figures and metrics by name. ! before a value excludes it, here and below.",
    schema: TEXTS,
  },
  types: { description: "Events by type.", schema: TEXTS },
  route: { description: "Series and events of these routes.", schema: TEXTS },
  interval: {
    description: "Seconds between two frames. Default: as often as events come.",
    schema: { type: "number", minimum: 0.1, maximum: 60 },
  },
  labels: {
    description:
      "Series with this label and events with this detail, label.device=mobile; and not. before a name, to exclude.",
    // A query writes each property of an object as a parameter (OpenAPI: style form, explode true).
    schema: { type: "object", patternProperties: { [OTHER_NAMES]: { type: "string" } } },
  },
};

/** Every route below the path of the live page. */
export const liveOperations: readonly Operation[] = [
  {
    method: "get",
    under: "live",
    path: "",
    summary: "Shows the live page.",
    answers: { 200: text("The page.", "text/html"), 404: text("The page is not built.", "text/plain") },
  },
  {
    method: "get",
    under: "live",
    path: "/assets/:file",
    summary: "Returns a file of the live page.",
    answers: { 200: text("The file.", "*/*"), 404: text("There is no such file.", "text/plain") },
  },
  {
    method: "get",
    under: "live",
    path: "/metrics",
    summary: "Streams the live metrics: a snapshot, then deltas.",
    access: "token",
    scope: "live",
    query: LIVE_FILTERS,
    headers: { "Last-Event-ID": "The id of the last frame that was seen, to continue after it." },
    answers: {
      200: text("Server-sent events.", "text/event-stream"),
      400: json("A filter cannot be read.", "PlainError"),
      503: json("There are too many streams, or the collector is stopping.", "PlainError"),
    },
  },
  {
    method: "get",
    under: "live",
    path: "/history",
    summary: "Returns figures of the live page over time.",
    access: "token",
    scope: "live",
    query: {
      metrics: {
        description: "Names of 1 to 12 figures, separated by commas.",
        schema: { type: "string" },
      },
      from: { description: "Unix seconds. Default an hour before the end.", schema: SECONDS },
      to: { description: "Unix seconds. Default now.", schema: SECONDS },
      step: {
        description: "Seconds, a multiple of 60. Default 60.",
        schema: { type: "integer", minimum: 60 },
      },
    },
    answers: {
      200: json("The values of each step.", "LiveHistory"),
      400: json("The query is wrong.", "PlainError"),
    },
  },
  {
    method: "get",
    under: "live",
    path: "/durations",
    summary: "Returns how long requests, jobs, streams and queries took in the last minutes.",
    access: "token",
    scope: "live",
    query: {
      window: {
        description: "Seconds, a multiple of 10 up to 900. Default 300.",
        schema: { type: "integer", minimum: 10, maximum: 900 },
      },
      route: {
        description: "The route whose answers the heat strip has. Default all.",
        schema: { type: "string", minLength: 1, maxLength: 256 },
      },
    },
    answers: {
      200: json("Quantiles by label, and the answers over time.", "LiveDurations"),
      400: json("The query is wrong.", "PlainError"),
    },
  },
  {
    method: "get",
    under: "live",
    path: "/vitals",
    summary: "Returns the Web Vitals of the last 15 minutes, by route and by device.",
    access: "token",
    scope: "live",
    answers: { 200: json("The 75th percentile and the ratings of each vital.", "LiveVitals") },
  },
  // An app's own catch-all for /api/* would hide the one of the API.
  { ...listErrors, under: "live", path: "/errors" },
  { ...makeLink, under: "live", path: "/share" },
  { ...endLink, under: "api" },
  { ...endLink, under: "live" },
];
