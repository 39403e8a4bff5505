/** A model that answers chats. The speeds and prices are examples, in the order of those that are known. */
export interface ChatModel {
  readonly kind: "chat";
  /** Milliseconds until the first token, without the prompt. */
  readonly firstTokenMs: number;
  /** Milliseconds to read one token of the prompt that the cache does not have. */
  readonly promptTokenMs: number;
  /** Milliseconds from one token to the next. */
  readonly tokenMs: number;
  readonly prices: Prices;
}

/** A model that turns texts into vectors. */
export interface EmbeddingModel {
  readonly kind: "embedding";
  /** Milliseconds for one token. */
  readonly promptTokenMs: number;
  readonly prices: Prices;
}

/**
 * The price of one token, in billionths of a US dollar: a whole number, as $0.15 for a million tokens is 150. Sums of whole
 * numbers are exact.
 */
type Prices = Readonly<Record<TokenKind, number>>;

/** The kinds of tokens on a bill. A token of the prompt is `cached` if the cache had it, else `prompt`. */
export const TOKEN_KINDS = ["prompt", "cached", "completion"] as const;

type TokenKind = (typeof TOKEN_KINDS)[number];

/** Tokens by kind. */
export type Tokens = Readonly<Record<TokenKind, number>>;

export const MODELS = {
  "gpt-4": {
    kind: "chat",
    firstTokenMs: 180,
    promptTokenMs: 0.6,
    tokenMs: 24,
    prices: { prompt: 30_000, cached: 15_000, completion: 60_000 },
  },
  "gpt-4o": {
    kind: "chat",
    firstTokenMs: 90,
    promptTokenMs: 0.25,
    tokenMs: 12,
    prices: { prompt: 2_500, cached: 1_250, completion: 10_000 },
  },
  "gpt-4o-mini": {
    kind: "chat",
    firstTokenMs: 40,
    promptTokenMs: 0.1,
    tokenMs: 6,
    prices: { prompt: 150, cached: 75, completion: 600 },
  },
  "text-embedding-3-small": {
    kind: "embedding",
    promptTokenMs: 0.05,
    prices: { prompt: 20, cached: 20, completion: 0 },
  },
} as const satisfies Readonly<Record<string, ChatModel | EmbeddingModel>>;

export type ModelName = keyof typeof MODELS;

export const MODEL_NAMES = Object.keys(MODELS) as readonly ModelName[];

/** Returns a model with its name; undefined for a name that no model has. */
export function findModel(
  name: string,
): ((ChatModel | EmbeddingModel) & { readonly name: ModelName }) | undefined {
  const known = MODEL_NAMES.find((each) => each === name);
  return known && { name: known, ...MODELS[known] };
}

/** Returns the price of tokens, in billionths of a US dollar. */
export function costOf(model: ModelName, tokens: Tokens): number {
  const { prices } = MODELS[model];
  return TOKEN_KINDS.reduce((sum, kind) => sum + tokens[kind] * prices[kind], 0);
}
