import { CHAT_ROUTE } from "../completion.ts";
import { MODEL_NAMES, MODELS, type ModelName, TOKEN_KINDS, type Tokens } from "../models.ts";
import type { Histogram, Readings } from "./readings.ts";

/** The numbers of one model since the start. Times are milliseconds, rates are shares from 0 to 1, null without a value. */
export interface ModelReport {
  readonly model: ModelName;
  readonly tokens: Tokens;
  /** In US dollars, exact: `0.000123450`. */
  readonly cost_usd: string;
  readonly streams: Readonly<Record<"started" | "completed" | "failed" | "canceled", number>>;
  readonly first_token_ms: Spread | null;
  readonly tokens_per_second: Spread | null;
  readonly cache: {
    readonly lookups: number;
    readonly hits: number;
    readonly hit_rate: number | null;
    readonly token_reuse_rate: number | null;
    readonly average_prefix_tokens: number | null;
  };
}

interface Spread {
  readonly average: number;
  readonly p50: number;
  readonly p99: number;
}

/** Reports on every model, in the order of the list of models. */
export function reportModels(readings: Readings): readonly ModelReport[] {
  return MODEL_NAMES.map((model) => reportModel(readings, model));
}

function reportModel(readings: Readings, model: ModelName): ModelReport {
  const { sum, histogram } = readings;
  const ended = (outcome: string): number => sum("stream_duration_seconds_count", { model, outcome });
  const lookup = { model, route: CHAT_ROUTE, operation: "get" };
  const lookups = sum("cache_operations_total", lookup);
  const hits = sum("cache_operations_total", { ...lookup, outcome: "hit" });
  const reused = sum("cache_tokens_reused_total", { model });
  return {
    model,
    tokens: tokensOf(readings, model),
    cost_usd: dollars(sum("llm_cost_nanodollars_total", { model })),
    streams: {
      started: sum("streams_started_total", { model }),
      completed: ended("done"),
      failed: ended("error"),
      canceled: ended("canceled"),
    },
    first_token_ms: spreadOf(histogram("stream_first_item_seconds", { model }), 1_000),
    tokens_per_second: spreadOf(histogram("stream_items_per_second", { model }), 1),
    cache: {
      lookups,
      hits,
      hit_rate: share(hits, lookups),
      token_reuse_rate: share(reused, sum("cache_tokens_total", { model })),
      average_prefix_tokens: share(reused, hits),
    },
  };
}

function tokensOf({ sum }: Readings, model: ModelName): Tokens {
  const counts = TOKEN_KINDS.map((kind) => [kind, sum("llm_tokens_total", { model, kind })]);
  return Object.fromEntries(counts) as Record<keyof Tokens, number>;
}

function spreadOf(histogram: Histogram | undefined, scale: number): Spread | null {
  if (!histogram) return null;
  const rounded = (value: number): number => Math.round(value * scale * 10) / 10;
  const { mean, quantile } = histogram;
  return { average: rounded(mean), p50: rounded(quantile(0.5)), p99: rounded(quantile(0.99)) };
}

function share(part: number, whole: number): number | null {
  return whole === 0 ? null : Math.round((part / whole) * 10_000) / 10_000;
}

/** Writes billionths of a dollar as dollars, without rounding. */
export function dollars(nanodollars: number): string {
  const digits = String(nanodollars).padStart(10, "0");
  return `${digits.slice(0, -9)}.${digits.slice(-9)}`;
}

/** Reports the costs of each model, with the prices of a million tokens. */
export function reportCosts(readings: Readings): object {
  const models = MODEL_NAMES.map((model) => ({
    model,
    tokens: tokensOf(readings, model),
    // A billionth for a token is a thousandth of a dollar for a million.
    usd_per_million_tokens: Object.fromEntries(
      TOKEN_KINDS.map((kind) => [kind, MODELS[model].prices[kind] / 1_000]),
    ),
    cost_usd: dollars(readings.sum("llm_cost_nanodollars_total", { model })),
  }));
  return { currency: "USD", total_usd: dollars(readings.sum("llm_cost_nanodollars_total")), models };
}
