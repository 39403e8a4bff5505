import { listErrors, makeLink } from "./liveOperations.ts";
import { json, JSON_TYPE, type Operation } from "./operation.ts";

/** Every route below the path of the API. */
export const apiOperations: readonly Operation[] = [
  {
    method: "get",
    under: "api",
    path: "/catalog",
    summary:
      "Returns the draft of a catalog from the names, routes and values that were seen, if names are learned.",
    access: "token",
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
    answers: { 200: json("The series.", "Cardinality") },
  },
  {
    method: "put",
    under: "api",
    path: "/sourcemaps/:release/:file",
    summary: "Stores a source map, if access and source maps are configured.",
    access: "token",
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
