import type { ChatModel, ModelName } from "./models.ts";
import { type Fields, readModel } from "./readJson.ts";
import { invalid, Refusal } from "./refusal.ts";
import { tokenizeChat } from "./tokens.ts";

/** One message of a conversation. */
export interface ChatMessage {
  readonly role: string;
  readonly text: string;
}

/** A request for an answer. */
export interface ChatRequest {
  readonly model: ChatModel & { readonly name: ModelName };
  /** The conversation in tokens. */
  readonly prompt: readonly string[];
  readonly isStreamed: boolean;
  /** The last event of a stream tells its tokens. */
  readonly includesUsage: boolean;
  /** The most tokens of the answer. */
  readonly maxTokens: number;
  /** Another seed gets another answer to the same prompt. Default 0. */
  readonly seed: number;
}

/** Tokens of a prompt that a model reads. */
const MAX_PROMPT_TOKENS = 8_192;

/** Tokens of an answer, and their number for a request that names none. */
const MAX_ANSWER_TOKENS = 1_024;
const DEFAULT_ANSWER_TOKENS = 256;

const ROLES = ["system", "developer", "user", "assistant", "tool"];

/** Reads a request, or returns what is wrong with it. Fields that this API does not know are ignored, as a client's `user`. */
export function readChat(fields: Fields): ChatRequest | Refusal {
  const model = readModel(fields, "chat");
  if (model instanceof Refusal) return model;
  const messages = readMessages(fields["messages"]);
  if (messages instanceof Refusal) return messages;
  const prompt = tokenizeChat(messages);
  if (prompt.length > MAX_PROMPT_TOKENS) {
    const message = `The messages have ${prompt.length} tokens, and a model reads ${MAX_PROMPT_TOKENS}.`;
    return invalid("messages", message, "context_length_exceeded");
  }
  const options = readOptions(fields);
  return options instanceof Refusal ? options : { model, prompt, ...options };
}

type Options = Pick<ChatRequest, "isStreamed" | "includesUsage" | "maxTokens" | "seed">;

function readOptions(fields: Fields): Options | Refusal {
  const { stream = false, stream_options: streamOptions, n = 1, seed = 0 } = fields;
  const name = fields["max_completion_tokens"] === undefined ? "max_tokens" : "max_completion_tokens";
  const maxTokens = fields[name] ?? DEFAULT_ANSWER_TOKENS;
  if (typeof (stream ?? false) !== "boolean") return invalid("stream", "`stream` must be true or false.");
  if (!isInteger(maxTokens, 1, MAX_ANSWER_TOKENS))
    return invalid(name, `\`${name}\` must be a whole number from 1 to ${MAX_ANSWER_TOKENS}.`);
  if ((n ?? 1) !== 1) return invalid("n", "`n` must be 1: one answer for a request.");
  if (!isInteger(seed ?? 0, Number.MIN_SAFE_INTEGER, Number.MAX_SAFE_INTEGER))
    return invalid("seed", "`seed` must be a whole number.");
  const includesUsage = readIncludeUsage(streamOptions, stream === true);
  if (typeof includesUsage === "object") return includesUsage;
  return { isStreamed: stream === true, includesUsage, maxTokens, seed: Number(seed) };
}

function readIncludeUsage(options: unknown, isStreamed: boolean): boolean | Refusal {
  if (options === undefined || options === null) return false;
  if (!isStreamed) return invalid("stream_options", "`stream_options` are for requests with `stream: true`.");
  const { include_usage: includeUsage = false } = options as Fields;
  if (typeof includeUsage === "boolean") return includeUsage;
  return invalid("stream_options.include_usage", "`include_usage` must be true or false.");
}

function readMessages(value: unknown): ChatMessage[] | Refusal {
  if (!Array.isArray(value) || value.length === 0)
    return invalid("messages", "`messages` must be a list of at least one message.");
  const messages: ChatMessage[] = [];
  for (const [index, each] of value.entries()) {
    const { role, content } = (each ?? {}) as Fields;
    if (typeof role !== "string" || !ROLES.includes(role))
      return invalid(`messages[${index}].role`, `A role is one of ${ROLES.join(", ")}.`);
    const text = readContent(content);
    if (text === undefined)
      return invalid(`messages[${index}].content`, "The content of a message is a text, or a list of texts.");
    messages.push({ role, text });
  }
  return messages;
}

/** A text, or parts of type `text`. */
function readContent(content: unknown): string | undefined {
  if (typeof content === "string") return content;
  if (!Array.isArray(content)) return undefined;
  const texts = content.map((part: unknown) => ((part ?? {}) as Fields)["text"]);
  return texts.every((text) => typeof text === "string") ? texts.join("") : undefined;
}

export function isInteger(value: unknown, least: number, most: number): value is number {
  return Number.isSafeInteger(value) && (value as number) >= least && (value as number) <= most;
}
