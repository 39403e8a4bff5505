import type { ReportingClient } from "@rumkit/client";
import { costOf, type ModelName, TOKEN_KINDS, type Tokens } from "./models.ts";

/** Counts the tokens of a request and what they cost. */
export type Meter = (model: ModelName, tokens: Tokens) => void;

/** Creates a meter that reports what the catalog declares in `ingested`. */
export function createMeter({ increment }: Pick<ReportingClient, "increment">): Meter {
  return (model, tokens) => {
    for (const kind of TOKEN_KINDS) {
      if (tokens[kind] > 0) increment("llm.tokens", { model, kind }, tokens[kind]);
    }
    const cost = costOf(model, tokens);
    if (cost > 0) increment("llm.cost.nanodollars", { model }, cost);
  };
}
