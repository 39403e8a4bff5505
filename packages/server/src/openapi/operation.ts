import type { RequestRejection } from "../http/collectError.ts";
import type { SchemaName } from "./componentSchema.ts";

/** One body or answer: its content types, each with a schema of the document or as text. */
export type Content = Readonly<Record<string, SchemaName | "text">>;

/** The answer of a route in one case. */
export interface OperationAnswer {
  /** One sentence with a full stop. */
  readonly description: string;
  /** Undefined without a body. */
  readonly content?: Content;
}

/** A route of the document. */
export interface Operation {
  readonly method: "get" | "post" | "options" | "put" | "delete";
  /** The path in Hono's notation: `/realtime/assets/:file`. */
  readonly path: string;
  /** One sentence with a full stop. */
  readonly summary: string;
  /**
   * The required access: all clients if undefined, pages with a write key and readers with a token if access is
   * given, services always.
   */
  readonly access?: "writeKey" | "secretKey" | "token";
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
