import type { RunningPrometheus } from "../prometheus.ts";

/** The samples of one series in Prometheus, and their increase. */
export interface Increase {
  /** The sum of the steps from sample to sample; a sample that is lower than the one before starts anew from 0. */
  readonly exact: number;
  /** PromQL's `increase` over the same time, which extrapolates to its ends. */
  readonly promql: number;
  readonly samples: number;
}

/** Long enough for a whole run. */
const WINDOW = "2h";

interface Stored {
  readonly metric: Record<string, string>;
  readonly values: readonly (readonly [at: number, value: string])[];
}

/** The increases of a family's series, by their labels without those of the target. */
export async function readIncreases(
  prometheus: RunningPrometheus,
  family: string,
): Promise<Record<string, Increase>> {
  const answer = (await prometheus.ask(`query?query=${encodeURIComponent(`${family}[${WINDOW}]`)}`)) as {
    data: { result: Stored[] };
  };
  const promql = new Map(
    (await prometheus.query(`increase(${family}[${WINDOW}])`)).map(({ labels, value }) => [
      nameOf(labels),
      value,
    ]),
  );
  return Object.fromEntries(
    answer.data.result.map(({ metric, values }) => {
      const name = nameOf(metric);
      const increase = {
        exact: exactIncrease(values),
        promql: promql.get(name) ?? 0,
        samples: values.length,
      };
      return [`${family}${name}`, increase];
    }),
  );
}

/** In hundredths, so that a sum of money cannot drift. */
function exactIncrease(values: Stored["values"]): number {
  let sum = 0;
  let before: number | undefined;
  for (const [, text] of values) {
    const value = Math.round(Number(text) * 100);
    if (before !== undefined) sum += value < before ? value : value - before;
    before = value;
  }
  return sum / 100;
}

function nameOf({
  __name__: _name,
  job: _job,
  instance: _instance,
  ...labels
}: Record<string, string>): string {
  const pairs = Object.entries(labels).toSorted(([a], [b]) => (a < b ? -1 : 1));
  return `{${pairs.map(([label, value]) => `${label}=${JSON.stringify(value)}`).join(",")}}`;
}
