import { type AlertCondition, type Catalog, webVitals } from "@rumkit/protocol";
import { alertsOf } from "../catalog/alertDefaults.ts";
import { toCamelCase } from "../catalog/alertNames.ts";
import { CORE_VITALS, type CoreVital, vitalFigureName } from "../live/pageFigures.ts";

/** The quantile of vitals on the live page: the one that Google's thresholds are about. */
const VITAL_QUANTILE = 0.75;

/** A figure, and the factor from the unit of its metric to the figure's. */
interface ComparedFigure {
  readonly name: string;
  readonly scale: number;
}

export type FigureOf = (alert: string) => ComparedFigure | undefined;

/**
 * Returns the figure of the live page that an alert compares, by its name in Prometheus; undefined for none. Only of alerts
 * whose number is the figure itself, so that their threshold is right in its chart.
 */
export function createFigureOf(catalog: Catalog): FigureOf {
  const figures = new Map(
    Object.entries(alertsOf(catalog)).map(([name, { when }]) => [
      toCamelCase(catalog.app) + toCamelCase(name),
      figureOfCondition(when),
    ]),
  );
  return (alert) => figures.get(alert);
}

function figureOfCondition(when: AlertCondition): ComparedFigure | undefined {
  if (!("quantile" in when) || when.labels || when.by) return undefined;
  const vital = (Object.keys(CORE_VITALS) as CoreVital[]).find((one) => webVitals[one].metric === when.of);
  if (!vital || when.quantile !== VITAL_QUANTILE) return undefined;
  // INP is shown in milliseconds, and counted in seconds.
  return { name: vitalFigureName(vital), scale: vital === "INP" ? 1_000 : 1 };
}
