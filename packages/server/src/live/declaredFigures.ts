import {
  type Catalog,
  currencyExponent,
  type LiveActivity,
  type LiveCardSpec,
  type LiveChart,
  type LiveChartSpec,
  type LiveFigure,
  type LiveLayout,
  type LiveSpec,
} from "@rumkit/protocol";
import { liveReads, liveSeconds, type NumberEntry, selectedValues } from "../catalog/liveReads.ts";
import { splitStep } from "../catalog/steps.ts";
import type { MetricDescriptor } from "../metrics/descriptor.ts";
import { createDeclaredNumber, type DeclaredSource } from "./declaredNumber.ts";
import { type Figure, type FigureKinds, type FigureSpec, titleOf } from "./figure.ts";

export interface DeclaredFigures {
  readonly figures: readonly Figure[];
  /** Undefined if the catalog declares no cards, charts or activity. */
  readonly layout: LiveLayout | undefined;
}

/**
 * Creates the figures of the cards and charts that a catalog declares. The catalog must be without faults.
 *
 * A card `borrows` is the figure `card_borrows`, a chart `usage` is `chart_usage`. What they are made of, and their values
 * for each value of `by`, are figures with `partOf`: so they have points, a history and a query, too.
 */
export function createDeclaredFigures(
  catalog: Catalog,
  metrics: ReadonlyMap<string, MetricDescriptor>,
  kinds: FigureKinds,
): DeclaredFigures {
  const { live } = catalog;
  if (!live) return { figures: [], layout: undefined };
  const context = { catalog, metrics, kinds };
  const figures: Figure[] = [];
  const place = (
    prefix: "card" | "chart",
    [name, entry]: [string, LiveCardSpec | LiveChartSpec],
  ): LiveChart => {
    if ("figure" in entry) return { title: entry.title ?? "", figure: entry.figure, as: "line" };
    const title = entry.title ?? titleOf(name);
    const figure = `${prefix}_${name}`;
    figures.push(...figuresOf(context, entry, { name: figure, title }));
    return { title, figure, ...shapeOf(entry, figure, catalog) };
  };
  const cards = Object.entries(live.cards ?? {}).map((entry) => place("card", entry));
  const charts = Object.entries(live.charts ?? {}).map((entry) => place("chart", entry));
  return {
    figures,
    layout: {
      ...(live.cards && {
        cards: cards.map(({ title, figure, outOf }) => ({
          title,
          figure,
          ...(outOf !== undefined && { outOf }),
        })),
      }),
      ...(live.charts && { charts }),
      ...(live.activity && { activity: activityOf(live.activity) }),
    },
  };
}

/** Says how a chart is drawn. */
function shapeOf(
  entry: NumberEntry,
  figure: string,
  catalog: Catalog,
): Pick<LiveChart, "as" | "by" | "outOf"> {
  const { by } = entry;
  const isGauge = "gauge" in entry;
  const [, whole] = liveReads(entry, catalog);
  const as = ("as" in entry ? entry.as : undefined) ?? (isGauge && by !== undefined ? "bars" : "line");
  return {
    as,
    ...(by !== undefined && { by }),
    ...(isGauge && whole && { outOf: wholeName(figure) }),
  };
}

function activityOf({ title, events, columns }: NonNullable<LiveSpec["activity"]>): LiveActivity {
  return {
    title: title ?? "Recent activity",
    events: events.map((event) => {
      const { kind: type, name } = splitStep(event);
      return { type, name };
    }),
    columns: [...(columns ?? [])],
  };
}

interface Context {
  readonly catalog: Catalog;
  readonly metrics: ReadonlyMap<string, MetricDescriptor>;
  readonly kinds: FigureKinds;
}

interface Named {
  readonly name: string;
  readonly title: string;
}

/** The name of the figure of the whole, of which a gauge is a part. */
function wholeName(figure: string): string {
  return `${figure}_of`;
}

/** Returns the figure of an entry, then what it is made of, and the same for each value of `by`. */
function figuresOf(context: Context, entry: NumberEntry, { name, title }: Named): Figure[] {
  const source = sourceOf(context, entry);
  const { thresholds: _ofPart, ...spec } = source.spec;
  const all = [source, ...(source.outOf ? [{ ...source, ...source.outOf, spec }] : [])];
  return all.flatMap((each, index) => {
    const figure = index === 0 ? name : wholeName(name);
    const whole = createDeclaredNumber(context.kinds, each, {
      name: figure,
      title,
      ...(index > 0 && { partOf: { figure: name } }),
    });
    return [...whole, ...splitFigures(context, entry, each, { name: figure, title })];
  });
}

/** Returns the figures for each value of the label `by`. */
function splitFigures(
  { kinds, metrics }: Context,
  { by }: NumberEntry,
  source: DeclaredSource,
  { name, title }: Named,
): Figure[] {
  if (by === undefined) return [];
  const { metric, labels = {} } = source.read;
  const values = selectedValues(metrics.get(metric)!, labels, by);
  const names = new Set<string>();
  return values.flatMap((value) => {
    const select = <S extends DeclaredSource["read"]>(read: S): S => ({
      ...read,
      labels: { ...read.labels, [by]: value },
    });
    const split = { ...source, read: select(source.read), ...(source.to && { to: select(source.to) }) };
    return createDeclaredNumber(kinds, split, {
      name: uniqueName(`${name}_${by}_${slugOf(value)}`, names),
      title: `${title}, ${value}`,
      partOf: { figure: name, label: by, value },
    });
  });
}

/** A label value as a part of a name: addresses list names with commas between them. */
function slugOf(value: string): string {
  const letters = value.toLowerCase().replaceAll(/[^a-z0-9]+/g, "_");
  return letters.replaceAll(/^_|_$/g, "") || "value";
}

function uniqueName(wanted: string, used: Set<string>): string {
  let name = wanted;
  for (let count = 2; used.has(name); count += 1) name = `${wanted}_${count}`;
  used.add(name);
  return name;
}

/** Resolves what an entry reads: steps to metrics, and the only currency of money. */
function sourceOf({ catalog, metrics }: Context, entry: NumberEntry): DeclaredSource {
  const [read, whole] = liveReads(entry, catalog);
  const metric = metrics.get(read.name)!;
  const [currency] = "money" in entry ? selectedValues(metric, read.labels, "currency") : [];
  const labels = currency === undefined ? read.labels : { ...read.labels, currency };
  const to = whole && { metric: whole.name, labels: whole.labels };
  const help = read.help ?? metric.help;
  const wholeHelp = whole && (whole.help ?? metrics.get(whole.name)!.help);
  return {
    metric,
    read: { metric: read.name, labels },
    kind: kindOf(entry),
    spec: {
      group: "business",
      help: entry.help ?? ("ratio" in entry ? `${help} Divided by: ${wholeHelp}` : help),
      windowSeconds: liveSeconds(entry),
      ...thresholdsOf(entry, currency),
      ...unitOf(entry, metric, currency),
    },
    ...("quantile" in entry && { quantile: entry.quantile }),
    ...("ratio" in entry && { to: to!, toMetric: metrics.get(whole!.name)! }),
    ...("gauge" in entry && whole && { outOf: { read: to!, metric: metrics.get(whole.name)! } }),
  };
}

function kindOf(entry: NumberEntry): DeclaredSource["kind"] {
  if ("ratio" in entry) return "ratio";
  if ("quantile" in entry) return "quantile";
  return "gauge" in entry ? "gauge" : "sum";
}

/** Thresholds of money are in major units in the catalog. */
function thresholdsOf(
  { warning, critical }: NumberEntry,
  currency: string | undefined,
): Pick<LiveFigure, "thresholds"> {
  if (critical === undefined) return {};
  const scale = currency === undefined ? 1 : 10 ** currencyExponent(currency);
  return { thresholds: { warn: (warning ?? critical) * scale, bad: critical * scale, isAbove: true } };
}

const UNIT_DECIMALS = { none: 0, currency: 0, seconds: 2, bytes: 0, ratio: 1 } as const;

/** Returns the unit of an entry's number. */
function unitOf(
  entry: NumberEntry,
  { unit }: MetricDescriptor,
  currency: string | undefined,
): Pick<FigureSpec, "unit" | "decimals" | "currency" | "per" | "period"> {
  const ofMetric = {
    unit: unit === "none" || unit === "currency" ? "count" : unit,
    decimals: UNIT_DECIMALS[unit],
  } as const;
  // The number of one minute is whole.
  if ("rate" in entry)
    return {
      unit: `per_${entry.per ?? "second"}`,
      decimals: entry.per === "minute" && liveSeconds(entry) === 60 ? 0 : 1,
    };
  if ("increase" in entry) return { unit: "count", decimals: 0 };
  if ("ratio" in entry) return { unit: "ratio", decimals: 1 };
  if ("gauge" in entry) return { ...ofMetric, period: "now" };
  if ("quantile" in entry) return ofMetric;
  return {
    unit: "money",
    decimals: currencyExponent(currency ?? ""),
    currency: currency ?? "",
    ...(entry.per && { per: entry.per }),
  };
}
