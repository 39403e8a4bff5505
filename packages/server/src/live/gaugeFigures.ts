import type { Catalog, GaugeSpec } from "@rumkit/protocol";
import { gaugeFamilyName } from "../catalog/describeGaugeMetrics.ts";
import { toSnakeCase } from "../catalog/names.ts";
import { type Figure, type FigureKinds, type FigureSpec, SHARE_WINDOW, titleOf } from "./figure.ts";
import type { WindowSource } from "./windows.ts";

/** Maximum figures of gauges, because each takes 100 kB of history. */
const MAX_GAUGES = 60;

/** The name of the figure of a gauge. */
export function gaugeFigureName(name: string): string {
  return `gauge_${name}`;
}

/** One value of a label of a gauge, or all of its series. */
interface Part {
  /** The end of the figure's name. */
  readonly suffix: string;
  /** The end of its title. */
  readonly title: string;
  readonly labels: Readonly<Record<string, string>>;
}

const ALL: Part = { suffix: "", title: "", labels: {} };

/**
 * Returns the figures of the catalog's gauges: each as a whole, then the shares of those with `outOf`, then both for each
 * value of their labels.
 */
export function gaugeFigures({ gauges = {} }: Catalog, kinds: FigureKinds): Figure[] {
  const all = Object.entries(gauges);
  const both = (part: Part, [name, spec]: [string, GaugeSpec]): Figure[] => [
    valueFigure(kinds, name, spec, part),
    ...shareFigures(kinds, gauges, name, part),
  ];
  const wholes = all.flatMap((entry) => both(ALL, entry));
  const parts = all.flatMap((entry) => partsOf(entry[1]).flatMap((part) => both(part, entry)));
  return [...wholes, ...parts].slice(0, MAX_GAUGES);
}

/** Returns a part for each value of each label. Values that differ only in signs get a number. */
function partsOf({ labels = {} }: GaugeSpec): Part[] {
  const used = new Set<string>();
  return Object.entries(labels).flatMap(([label, values]) =>
    values.map((value, index) => {
      const plain = `_${label}_${toSnakeCase(value)}`.replace(/_$/, "");
      const suffix = used.has(plain) || toSnakeCase(value) === "" ? `${plain}_${index + 1}` : plain;
      used.add(suffix);
      return { suffix, title: `, ${value}`, labels: { [label]: value } };
    }),
  );
}

function sourceOf(name: string, spec: GaugeSpec, { labels }: Part): WindowSource {
  return { metric: gaugeFamilyName(name, spec), labels };
}

function valueFigure(kinds: FigureKinds, name: string, spec: GaugeSpec, part: Part): Figure {
  const { unit = "count", help } = spec;
  return kinds.gauge(
    {
      ...nowOf(part),
      name: gaugeFigureName(name) + part.suffix,
      title: titleOf(name) + part.title,
      unit,
      decimals: DECIMALS[unit],
      help,
    },
    sourceOf(name, spec, part),
  );
}

const DECIMALS = { count: 0, bytes: 0, seconds: 2, ratio: 1 } as const;

function shareFigures(
  kinds: FigureKinds,
  gauges: NonNullable<Catalog["gauges"]>,
  name: string,
  part: Part,
): Figure[] {
  const spec = gauges[name]!;
  const whole = spec.outOf === undefined ? undefined : gauges[spec.outOf];
  if (spec.outOf === undefined || !whole) return [];
  return [
    kinds.gaugeShare(
      {
        ...nowOf(part),
        name: `${gaugeFigureName(name)}${part.suffix}_share`,
        title: `${titleOf(name)}${part.title}, share of ${titleOf(spec.outOf).toLowerCase()}`,
        unit: "ratio",
        decimals: 1,
        help: `${spec.help} As a share of ${spec.outOf}.`,
      },
      sourceOf(name, spec, part),
      sourceOf(spec.outOf, whole, part),
    ),
  ];
}

/** Values of a label are hidden until they are set; a gauge as a whole is always shown, because the catalog has it. */
function nowOf({ suffix }: Part): Pick<FigureSpec, "group" | "period" | "windowSeconds" | "mayBeEmpty"> {
  return { group: "business", period: "now", windowSeconds: SHARE_WINDOW, mayBeEmpty: suffix !== "" };
}
