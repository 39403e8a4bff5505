import { join } from "node:path";
import type { Catalog } from "@rumkit/protocol";
import { describeMetrics } from "../metrics/describeMetrics.ts";
import { renderBusinessDashboard } from "./dashboard.ts";
import { renderMetricsDoc } from "./metricsDoc.ts";
import { renderRules } from "./rules.ts";

export interface RenderTargets {
  /** The folder for dashboards and rules. */
  readonly out: string;
  /** The Markdown file of the metrics' reference. Default: none is rendered. */
  readonly docs?: string | undefined;
}

/**
 * Every file that a catalogue yields, by path: reads and writes nothing.
 *
 * Throws a `CatalogError` where the catalogue is at fault.
 */
export function renderAll(catalog: Catalog, { out, docs }: RenderTargets): Map<string, string> {
  const { app, objectives } = catalog;
  const descriptors = describeMetrics(catalog);
  const dashboard = renderBusinessDashboard(descriptors, { app });
  const files = new Map([
    [join(out, "dashboards/business-overview.json"), `${JSON.stringify(dashboard, undefined, 2)}\n`],
    [join(out, "rules", `${app}.yaml`), renderRules(descriptors, { app, objectives })],
  ]);
  if (docs !== undefined) files.set(docs, renderMetricsDoc(descriptors));
  return files;
}
