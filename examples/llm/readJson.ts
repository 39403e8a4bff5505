import type { Context } from "hono";
import { findModel } from "./models.ts";
import { invalid, Refusal } from "./refusal.ts";

/** The fields of a body, unchecked. */
export type Fields = Readonly<Record<string, unknown>>;

/** Reads a body that is a JSON object. */
export async function readJson(c: Context): Promise<Fields | Refusal> {
  const text = await c.req.text();
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value === "object" && value !== null && !Array.isArray(value)) return { ...value };
  } catch (error) {
    return invalid(
      "body",
      `The body is not JSON: ${(error as Error).message.slice(0, 200)}.`,
      "invalid_json",
    );
  }
  return invalid("body", "The body must be a JSON object.", "invalid_json");
}

/** Finds the model that a body names. */
export function readModel<Kind extends "chat" | "embedding">(
  { model }: Fields,
  kind: Kind,
): Extract<NonNullable<ReturnType<typeof findModel>>, { kind: Kind }> | Refusal {
  if (typeof model !== "string" || model === "")
    return invalid("model", "`model` must be the name of a model: see /v1/models.", "missing_model");
  const found = findModel(model);
  if (!found) return noSuchModel(model);
  if (found.kind !== kind)
    return invalid("model", `"${model}" is a model for ${found.kind}, not for ${kind}.`, "wrong_model");
  return found as Extract<typeof found, { kind: Kind }>;
}

export function noSuchModel(name: string): Refusal {
  const message = `No model is called "${name.slice(0, 64)}": see /v1/models.`;
  return new Refusal({
    status: 404,
    type: "invalid_request_error",
    code: "model_not_found",
    message,
    param: "model",
  });
}
