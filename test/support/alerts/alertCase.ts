import type { SeriesByName } from "../promtool.ts";

/** A value that a series takes, or the step by which it goes on from its last value. */
type Change = number | { readonly step: number };

/** An alert with the series that make it fire and those that do not. promtool compares labels and texts, so it has all. */
export interface AlertCase {
  readonly alert: string;
  readonly severity: "critical" | "warning" | "info";
  /** Labels other than app, job and severity. */
  readonly labels: Readonly<Record<string, string>>;
  readonly firing: SeriesByName;
  /** The moment at which it fires, and one before it has held for long enough; none if it need not hold. */
  readonly at: string;
  readonly tooEarly?: string;
  readonly summary: string;
  /** The start of its description. */
  readonly description: RegExp;
  /**
   * The end of the trouble: by the start of a series' name, how it goes on after the series of `firing`; the others go on as they
   * were. `by`: the moment at which it has ended.
   */
  readonly recovers: {
    readonly change: Readonly<Record<string, Change>>;
    readonly and?: SeriesByName;
    readonly by: string;
  };
  /** By their meaning: series with which it never fires. What is so "at first" is not repeated. */
  readonly quiet: Readonly<Record<string, SeriesByName>>;
  /** True for an alert about a state, which has no counter that starts anew and no traffic that can be low. */
  readonly isState?: true;
  /** The reason why a single event may fire it. Default: it needs more, and `quiet` has a case of too few. */
  readonly noMinimum?: string;
  /** The names of the recording rules that it reads. Default none. */
  readonly reads?: RegExp;
  /** Between two evaluations, for long series. Default `1m`. */
  readonly interval?: "1m" | "5m" | "15m" | "1h";
  /** Minutes between two samples. Default 1. */
  readonly every?: number;
}

/** Returns the series of an alert by what happens in them: it fires, it ends, and it stays quiet. */
export function scenariosOf(tested: AlertCase): Readonly<Record<string, SeriesByName>> {
  const { firing, quiet, isState = false } = tested;
  return {
    fires: firing,
    ends: followed(tested),
    ...quiet,
    ...(isState ? {} : { "fires after a restart": afterRestart(tested, firing) }),
  };
}

/** Returns the series with a restart of the collector in them. */
export function afterRestart({ interval }: AlertCase, series: SeriesByName): SeriesByName {
  return interval === undefined ? restarted(series) : restartedLate(series);
}

/** Returns the series with what follows on each until the alert has ended: its change, or what it did before. */
function followed({
  firing,
  recovers,
  every = 1,
}: Pick<AlertCase, "firing" | "recovers" | "every">): SeriesByName {
  const { change: changes, and = {}, by: end } = recovers;
  const minutes = Math.max(Number.parseInt(end, 10) / every - minutesOf(firing), 1);
  const goOn = Object.entries(firing).map(([name, values]) => {
    const [last, step] = endOf(values);
    const change = Object.entries(changes).find(([start]) => name.startsWith(start))?.[1];
    if (typeof change === "number") return [name, `${values} ${change}x${minutes}`];
    if (last === undefined) return [name, values];
    const by = change?.step ?? step;
    // An alert without a change ends with its series, or with its last event.
    if (change === undefined && Object.keys(changes).length === 0) return [name, values];
    return [name, `${values} ${last + by}+${by}x${minutes}`];
  });
  return { ...(Object.fromEntries(goOn) as SeriesByName), ...and };
}

/** Returns the series twice in a row: each counter starts anew, as after a restart. */
function restarted(series: SeriesByName): SeriesByName {
  return Object.fromEntries(Object.entries(series).map(([name, values]) => [name, `${values} ${values}`]));
}

/** Returns the series with a restart before the last part of each, for those that last for days. */
function restartedLate(series: SeriesByName): SeriesByName {
  return Object.fromEntries(
    Object.entries(series).map(([name, values]) => [name, values.replace(/ [\d.]+\+([\d.]+x\d+)$/, " 0+$1")]),
  );
}

/** Returns the minutes that the longest of the series lasts, at one sample a minute: its samples after the first. */
export function minutesOf(series: SeriesByName): number {
  const lengths = Object.values(series).map((values) =>
    values
      .split(" ")
      .map((token) => Number(/x(\d+)$/.exec(token)?.[1] ?? 0) + 1)
      .reduce((sum, length) => sum + length, 0),
  );
  return Math.max(...lengths) - 1;
}

/** The last value of a series, and its last step. */
function endOf(values: string): [last: number | undefined, step: number] {
  const token = values.split(" ").at(-1)!;
  const [, start, step = "0", times = "0"] = /^([\d.e]+)(?:\+([\d.e]+))?(?:x(\d+))?$/.exec(token) ?? [];
  if (start === undefined) return [undefined, 0];
  return [Number(start) + Number(step) * Number(times), Number(step)];
}
