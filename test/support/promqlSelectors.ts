import { parser } from "@prometheus-io/lezer-promql";

/** Values for Grafana's variables in windows: those in matchers are text. */
const WINDOWS = [
  ["$__rate_interval", "1m"],
  ["$__range", "30m"],
] as const;

/** A part of an expression: its node in Prometheus' grammar, and its text. */
export interface PromqlPart {
  readonly name: string;
  readonly text: string;
  /** Names of the nodes around it, from the inside. */
  readonly around: readonly string[];
}

/** Returns the parts of an expression by Prometheus' own grammar. Throws for invalid PromQL. */
export function partsOf(expression: string): PromqlPart[] {
  let text = expression;
  for (const [variable, value] of WINDOWS) text = text.replaceAll(variable, value);
  const parts: PromqlPart[] = [];
  const around: string[] = [];
  parser.parse(text).iterate({
    enter: ({ name, type, from, to }) => {
      if (type.isError) throw new Error(`No PromQL at ${from}: ${text}`);
      parts.push({ name, text: text.slice(from, to), around: around.toReversed() });
      around.push(name);
    },
    leave: () => void around.pop(),
  });
  return parts;
}

/** Returns the vector selectors of an expression, as they are written. Throws for invalid PromQL. */
export function selectorsOf(expression: string): string[] {
  return partsOf(expression).flatMap(({ name, text }) => (name === "VectorSelector" ? text : []));
}
