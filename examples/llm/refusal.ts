import type { Context } from "hono";
import type { ContentfulStatusCode } from "hono/utils/http-status";

interface RefusalFields {
  readonly status: ContentfulStatusCode;
  /** OpenAI's class of the error. */
  readonly type: "invalid_request_error" | "rate_limit_error" | "server_error";
  /** The fault as a fixed word, for programs. */
  readonly code: string;
  readonly message: string;
  /** The field that is wrong. Default none. */
  readonly param?: string;
}

/** An answer that is an error. A class, so that no body of a client is taken for one. */
export class Refusal {
  readonly fields: RefusalFields;

  constructor(fields: RefusalFields) {
    this.fields = fields;
  }
}

/** Returns the refusal of a request whose field is wrong. */
export function invalid(param: string, message: string, code = "invalid_value"): Refusal {
  return new Refusal({ status: 400, type: "invalid_request_error", code, message, param });
}

export const MODEL_FAILED = new Refusal({
  status: 500,
  type: "server_error",
  code: "model_failure",
  message: "The model failed. The request may be sent again.",
});

export const STOPPING = new Refusal({
  status: 503,
  type: "server_error",
  code: "stopping",
  message: "The server stops. Send the request to another one, or later.",
});

/** Returns the body of an error, in OpenAI's form. */
export function errorBody({ fields: { type, code, message, param } }: Refusal): object {
  return { error: { message, type, param: param ?? null, code } };
}

export function refuse(c: Context, refusal: Refusal, headers: Record<string, string> = {}): Response {
  return c.json(errorBody(refusal), refusal.fields.status, headers);
}
