import type { Operation } from "./operation.ts";

const TEXTS = { type: "array", items: { type: "string" } };

/** Parameters whose names are not fixed: a label, and each filter that excludes. */
const OTHER_NAMES = String.raw`^(?:label\..+|not\.(?:metrics|types|route|label\..+))$`;

/** The filters of `/realtime/metrics`. */
export const LIVE_FILTERS: NonNullable<Operation["query"]> = {
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
