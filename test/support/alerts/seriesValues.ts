/** A sample of promtool's notation: a number, a gap, or the end of the series. */
type Sample = number | "gap" | "stale";

/** Reads the values of a series as promtool does: `0+2x60 _x3 5 stale`. */
function parseValues(text: string): Sample[] {
  return text
    .trim()
    .split(/\s+/)
    .flatMap((token) => {
      if (token === "stale") return ["stale"];
      const gap = /^_(?:x(\d+))?$/.exec(token);
      if (gap) return Array.from<Sample>({ length: Number(gap[1] ?? 1) }).fill("gap");
      const [, start, step = "0", times = "0"] =
        /^(-?[\d.e]+)(?:([+-][\d.e]+))?(?:x(\d+))?$/.exec(token) ?? [];
      if (start === undefined) throw new Error(`Not a series: ${token}`);
      // promtool adds the step again and again: its rounding makes some counters begin anew.
      const values = [Number(start)];
      for (let index = 0; index < Number(times); index += 1) values.push(values.at(-1)! + Number(step));
      return values;
    });
}

/** A series by its PromQL name, taken apart. */
export interface ParsedSeries {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly samples: readonly Sample[];
}

export function parseSeries(metric: string, values: string): ParsedSeries {
  const [, name = "", inner = ""] = /^(\w+)(?:\{(.*)\})?$/.exec(metric) ?? [];
  const labels = Object.fromEntries(
    [...inner.matchAll(/(\w+)="((?:[^"\\]|\\.)*)"/g)].map(([, label, value]) => [
      label!,
      JSON.parse(`"${value}"`) as string,
    ]),
  );
  return { name, labels, samples: parseValues(values) };
}
