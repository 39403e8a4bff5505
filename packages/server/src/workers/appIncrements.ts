import type { AppFamily, AppValue } from "../exposition/format.ts";
import type { SentFamily, SentValue } from "./wire.ts";

/** Types whose lines only go up, apart from the quantiles of a summary. */
const CUMULATIVE = ["counter", "histogram", "summary"];

/**
 * Returns a function that turns the metrics of the app's registry into what they counted since its last call. Increments
 * of several processes can be added, and those of a process that died stay added.
 *
 * A line that is lower than before was reset by the app: all of it is new. Quantiles of summaries are left out, because
 * those of two processes cannot be joined.
 */
export function createAppIncrements(): (families: readonly AppFamily[]) => SentFamily[] {
  const before = new Map<string, number>();
  const increment = (family: string, value: SentValue): SentValue => {
    const key = lineKey(family, value);
    const last = before.get(key) ?? 0;
    before.set(key, value.value);
    return { ...value, value: value.value >= last ? value.value - last : value.value };
  };
  return (families) =>
    families.map((family) => {
      const { name, help, type } = family;
      const { aggregator } = family as { readonly aggregator?: string };
      const isCumulative = CUMULATIVE.includes(type);
      const lines = [...family.values].map(toSent).filter(({ value }) => Number.isFinite(value));
      const values = isCumulative
        ? lines.filter(({ labels }) => !("quantile" in labels)).map((line) => increment(name, line))
        : lines;
      return { name, help, type, aggregator, values };
    });
}

function toSent({ labels = {}, value, metricName }: AppValue): SentValue {
  return {
    labels: Object.fromEntries(Object.entries(labels).map(([name, text]) => [name, String(text)])),
    value,
    metricName,
  };
}

/** Identifies a line: labels may come in any order. */
export function lineKey(
  family: string,
  { labels = {}, metricName = family }: Pick<AppValue, "labels" | "metricName">,
): string {
  return JSON.stringify([
    metricName,
    Object.entries(labels)
      .map(([name, value]) => [name, String(value)] as const)
      .toSorted(([a], [b]) => (a < b ? -1 : 1)),
  ]);
}
