import type { RequestRejection } from "../http/collectError.ts";
import type { BasedPath } from "../part/basePaths.ts";
import type { Scope } from "../access/accessOptions.ts";
import type { SchemaName } from "./componentSchema.ts";

export const JSON_TYPE = "application/json";

/** One body or answer: its content types, each with a schema of the document or as text. */
export type Content = Readonly<Record<string, SchemaName | "text">>;

/** The answer of a route in one case. */
export interface OperationAnswer {
  /** One sentence with a full stop. */
  readonly description: string;
  /** Undefined without a body. */
  readonly content?: Content;
}

/** A route of the document. The path is in Hono's notation: `/assets/:file`. */
export interface Operation extends BasedPath {
  readonly method: "get" | "post" | "options" | "put" | "delete";
  /** One sentence with a full stop. */
  readonly summary: string;
  /**
   * The required access: all clients if undefined, pages with a write key and readers with a token if access is
   * given, services always.
   */
  readonly access?: "writeKey" | "secretKey" | "token";
  /** The scope that a token needs. Only and always with `access: "token"`. */
  readonly scope?: Scope;
  /** Parameters of the query, with the schema of each. */
  readonly query?: Readonly<Record<string, { readonly description: string; readonly schema: object }>>;
  /** Headers of the request, each with its purpose. */
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: Content;
  /** By status. */
  readonly answers: Readonly<Record<number, OperationAnswer>>;
  /** Codes of refusals. Each determines the status of the answer. */
  readonly refusals?: readonly RequestRejection[];
}

/** An answer in JSON. */
export function json(description: string, schema: Content[string]): OperationAnswer {
  return { description, content: { [JSON_TYPE]: schema } };
}

/** An answer in any other text. */
export function text(description: string, contentType: string): OperationAnswer {
  return { description, content: { [contentType]: "text" } };
}
