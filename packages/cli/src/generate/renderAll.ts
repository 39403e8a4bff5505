import { join, resolve } from "node:path";
import type { Catalog } from "@rumkit/protocol";
import { renderBusinessDashboard } from "./dashboard.ts";
import type { GeneratedFiles } from "./generatedFiles.ts";
import { renderMetricsDoc } from "./metricsDoc.ts";
import { renderOrigin } from "./origin.ts";
import { renderRules } from "./rules.ts";
import type { TargetSelection } from "./scope.ts";
import { describeMetrics } from "@rumkit/server/internal/metrics";

export interface RenderTargets extends Pick<TargetSelection, "scrapeJobs" | "selector"> {
  /** The file of the catalog, which is named in the generated files. */
  readonly from: string;
  /** The folder for dashboards and rules. */
  readonly out: string;
  /** The Markdown file of the metrics reference. Default: none is rendered. */
  readonly docs?: string | undefined;
}

/**
 * Renders every file of a catalog, by path. Reads and writes no files.
 *
 * Throws a `CatalogError` for an invalid catalog, and an Error for an invalid job or selector.
 */
export function renderAll(
  catalog: Catalog,
  { from, out, docs, ...selection }: RenderTargets,
): GeneratedFiles {
  const { app } = catalog;
  const descriptors = describeMetrics(catalog);
  const folders = { dashboards: join(out, "dashboards"), rules: join(out, "rules") };
  const board = join(folders.dashboards, `${app}-business-overview.json`);
  const rules = join(folders.rules, `${app}.yaml`);
  const origin = (file: string): string => renderOrigin(file, { app, catalog: from });
  const options = { ...catalog, ...selection };
  const dashboard = renderBusinessDashboard(descriptors, { ...options, origin: origin(board) });
  const files = new Map([
    [board, `${JSON.stringify(dashboard, undefined, 2)}\n`],
    [rules, `# ${origin(rules)}\n${renderRules(descriptors, options)}`],
  ]);
  if (docs !== undefined) files.set(docs, renderMetricsDoc(descriptors, origin(docs)));
  return { app, catalog: resolve(from), files, folders: Object.values(folders) };
}
