import type { Handler } from "hono";
import { admit, type Ending } from "./admission.ts";
import type { Pause } from "./generate.ts";
import type { Meter } from "./meter.ts";
import type { Queue } from "./queue.ts";
import type { EmbeddingModel, ModelName } from "./models.ts";
import { createRandom, seedOf } from "./random.ts";
import { isInteger } from "./readChat.ts";
import { type Fields, readJson, readModel } from "./readJson.ts";
import { invalid, Refusal, refuse } from "./refusal.ts";
import { tokenize } from "./tokens.ts";

export interface EmbeddingsOptions {
  readonly queue: Queue;
  readonly meter: Meter;
  readonly pause: Pause;
  readonly ending: Ending;
}

const MAX_TEXTS = 64;
const MAX_DIMENSIONS = 1_536;
const DEFAULT_DIMENSIONS = 256;

/** Creates the handler of `POST /v1/embeddings`. */
export function createEmbeddings({ queue, meter, pause, ending }: EmbeddingsOptions): Handler {
  return async (c) => {
    const fields = await readJson(c);
    if (fields instanceof Refusal) return refuse(c, fields);
    const request = readEmbeddings(fields);
    if (request instanceof Refusal) return refuse(c, request);
    const admission = await admit(c, queue, ending);
    if (admission instanceof Response) return admission;
    const { model, texts, dimensions, isBase64 } = request;
    const tokens = texts.reduce((sum, text) => sum + tokenize(text).length, 0);
    try {
      await pause(tokens * model.promptTokenMs, admission.signal);
    } finally {
      admission.leave();
    }
    meter(model.name, { prompt: tokens, cached: 0, completion: 0 });
    const data = texts.map((text, index) => {
      const vector = vectorOf(text, dimensions);
      const embedding = isBase64 ? Buffer.from(vector.buffer).toString("base64") : [...vector];
      return { object: "embedding", index, embedding };
    });
    const usage = { prompt_tokens: tokens, total_tokens: tokens };
    return c.json({ object: "list", data, model: model.name, usage });
  };
}

interface EmbeddingsRequest {
  readonly model: EmbeddingModel & { readonly name: ModelName };
  readonly texts: readonly string[];
  readonly dimensions: number;
  readonly isBase64: boolean;
}

function readEmbeddings(fields: Fields): EmbeddingsRequest | Refusal {
  const model = readModel(fields, "embedding");
  if (model instanceof Refusal) return model;
  const texts = readTexts(fields["input"]);
  if (texts instanceof Refusal) return texts;
  const { encoding_format: format = "float" } = fields;
  if (format !== "float" && format !== "base64")
    return invalid("encoding_format", '`encoding_format` must be "float" or "base64".');
  const dimensions = fields["dimensions"] ?? DEFAULT_DIMENSIONS;
  if (!isInteger(dimensions, 1, MAX_DIMENSIONS))
    return invalid("dimensions", `\`dimensions\` must be a whole number from 1 to ${MAX_DIMENSIONS}.`);
  return { model, texts, dimensions, isBase64: format === "base64" };
}

function readTexts(input: unknown): readonly string[] | Refusal {
  const texts: unknown = typeof input === "string" ? [input] : input;
  const areTexts =
    Array.isArray(texts) && texts.every((text): text is string => typeof text === "string" && text !== "");
  if (areTexts && texts.length > 0 && texts.length <= MAX_TEXTS) return texts;
  return invalid("input", `\`input\` must be a text, or 1 to ${MAX_TEXTS} texts; none is empty.`);
}

/** Returns a vector of length 1, the same for the same text. */
function vectorOf(text: string, dimensions: number): Float32Array {
  const random = createRandom(seedOf(text));
  const values = Float32Array.from({ length: dimensions }, () => random() - 0.5);
  const length = Math.hypot(...values);
  return values.map((value) => value / length);
}
