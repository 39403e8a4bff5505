import { type AlertCondition, type Catalog, webVitals } from "@rumkit/protocol";
import { alertsOf } from "../catalog/alertDefaults.ts";
import { toCamelCase } from "../catalog/alertNames.ts";
import { measurementFamilyName } from "../catalog/describeCatalogMetrics.ts";
import { gaugeFamilyName } from "../catalog/describeGaugeMetrics.ts";
import { httpNamesOf } from "../catalog/httpNames.ts";
import { requestSources } from "../live/backendFigures.ts";
import { gaugeFigureName } from "../live/gaugeFigures.ts";
import { CORE_VITALS, type CoreVital, vitalFigureName } from "../live/pageFigures.ts";

/** A figure of the live page whose number an alert compares. */
interface ComparedFigure {
  /** The name of the figure. */
  readonly name: string;
  /** Factor from the alert's unit to the figure's: 1000 from seconds to milliseconds. */
  readonly scale: number;
}

export type FigureOf = (alert: string) => ComparedFigure | undefined;

/**
 * Returns the figure of the live page that an alert compares, by its name in Prometheus; undefined for none. Only of alerts
 * whose number is the figure itself, so that their threshold is right in its chart: with other labels, or against last
 * week, it is not.
 */
export function createFigureOf(catalog: Catalog): FigureOf {
  const declared = Object.entries(alertsOf(catalog)).map(
    ([name, { when }]) => [name, figureOf(catalog, when)] as const,
  );
  const missed = Object.entries(catalog.objectives ?? {}).flatMap(([name, objective]) =>
    "http" in objective ? [[`${name}_missed`, { name: "request_error_ratio", scale: 1 }] as const] : [],
  );
  const prefix = toCamelCase(catalog.app);
  const figures = new Map(
    [...declared, ...missed].flatMap(([name, figure]) =>
      figure ? [[prefix + toCamelCase(name), figure] as const] : [],
    ),
  );
  return (alert) => figures.get(alert);
}

function figureOf(catalog: Catalog, when: AlertCondition): ComparedFigure | undefined {
  if ("labels" in when && when.labels) return undefined;
  if ("by" in when && when.by) return undefined;
  if ("gauge" in when) return gaugeFigure(catalog, when.gauge);
  if ("quantile" in when) return quantileFigure(catalog, when.of, when.quantile);
  if (!("rate" in when) || when.comparedTo !== undefined) return undefined;
  if (when.rate === "rum_page_views_total") return { name: "page_views_per_second", scale: 1 };
  const { requests } = requestSources(catalog);
  return when.rate === requests.metric ? { name: "requests_per_second", scale: 1 } : undefined;
}

function gaugeFigure({ gauges = {} }: Catalog, metric: string): ComparedFigure | undefined {
  const found = Object.entries(gauges).find(([name, spec]) => gaugeFamilyName(name, spec) === metric);
  return found && { name: gaugeFigureName(found[0]), scale: 1 };
}

function quantileFigure(catalog: Catalog, metric: string, quantile: number): ComparedFigure | undefined {
  const { duration, durationInDetail } = httpNamesOf(catalog);
  if (metric === duration || metric === durationInDetail)
    return quantile === 0.95 ? { name: "request_duration_p95", scale: 1_000 } : undefined;
  if (quantile !== 0.75) return undefined;
  const vital = (Object.keys(CORE_VITALS) as CoreVital[]).find((one) => webVitals[one].metric === metric);
  // The figure of INP has milliseconds.
  if (vital) return { name: vitalFigureName(vital), scale: vital === "INP" ? 1_000 : 1 };
  const measurement = Object.entries(catalog.measurements ?? {}).find(
    ([name, spec]) => metric === measurementFamilyName(name, spec),
  );
  return measurement && { name: `measurement_${measurement[0]}_p75`, scale: 1 };
}
