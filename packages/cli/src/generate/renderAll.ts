import { join, resolve } from "node:path";
import type { Catalog } from "@rumkit/protocol";
import { DEFAULT_SETTINGS, type GenerateSettings } from "../base/generateSettings.ts";
import { type Board } from "../boards/board.ts";
import { describeBoards } from "../boards/describeBoards.ts";
import { renderGrafanaAlerting } from "../grafana/alerting.ts";
import { renderClassic } from "../grafana/classic.ts";
import { renderConfigMaps } from "../grafana/configMap.ts";
import { renderV2 } from "../grafana/v2.ts";
import type { TargetSelection } from "../promql/scope.ts";
import { describeRules, renderRules } from "../rules/rules.ts";
import type { GeneratedFiles } from "./generatedFiles.ts";
import { describeForMachines } from "./metricsJson.ts";
import { renderMetricsDoc } from "./metricsDoc.ts";
import { renderOperatorObjects } from "./operator.ts";
import { renderOrigin } from "./origin.ts";
import { scrapeLimits } from "./scrapeLimits.ts";
import { describeMetrics } from "@rumkit/server/internal/metrics";

export interface RenderTargets extends Pick<TargetSelection, "scrapeJobs" | "selector"> {
  /** The file of the catalog, which is named in the generated files. */
  readonly from: string;
  /** The folder for boards and rules. */
  readonly out: string;
  /** The Markdown file of the metrics reference. Default: none is rendered. */
  readonly docs?: string | undefined;
  /** The JSON file that describes the metrics for machines. Default: none is rendered. */
  readonly metricsJson?: string | undefined;
  /** True to render the boards as ConfigMaps of Kubernetes as well. Default false. */
  readonly configMap?: boolean | undefined;
  /** True to render what the Prometheus Operator of Kubernetes reads as well, with the ConfigMaps. Default false. */
  readonly kubernetes?: boolean | undefined;
  /** True to render the alerts for Grafana to evaluate as well. Default false. */
  readonly grafanaAlerting?: boolean | undefined;
  /** Settings of one's Prometheus and Grafana. Default `DEFAULT_SETTINGS`. */
  readonly settings?: GenerateSettings | undefined;
}

/** Describes the boards of a catalog. Throws like `renderAll`. */
export function boardsOf(
  catalog: Catalog,
  options: Pick<RenderTargets, "scrapeJobs" | "selector" | "settings">,
): Board[] {
  return describeBoards(describeMetrics(catalog), { ...catalog, ...options });
}

/**
 * Renders every file of a catalog, by path. Reads and writes no files.
 *
 * Throws a `CatalogError` for an invalid catalog, and an Error for an invalid job or selector.
 */
export function renderAll(
  catalog: Catalog,
  {
    from,
    out,
    docs,
    metricsJson,
    kubernetes = false,
    configMap = kubernetes,
    grafanaAlerting = false,
    settings = DEFAULT_SETTINGS,
    ...selection
  }: RenderTargets,
): GeneratedFiles {
  const { app } = catalog;
  const descriptors = describeMetrics(catalog);
  const folders = {
    classic: join(out, "dashboards"),
    v2: join(out, "dashboards-v2"),
    kubernetes: join(out, "kubernetes"),
    rules: join(out, "rules"),
    alerting: join(out, "grafana-alerting"),
  };
  const origin = (file: string): string => renderOrigin(file, { app, catalog: from });
  const boards = boardsOf(catalog, { ...selection, settings });
  const files = new Map<string, string>();
  for (const board of boards) {
    const classic = join(folders.classic, `${app}-${board.name}.json`);
    const v2 = join(folders.v2, `${app}-${board.name}.json`);
    files.set(classic, renderJson(renderClassic(board, origin(classic))));
    files.set(v2, renderJson(renderV2(board, origin(v2))));
  }
  if (configMap) {
    const file = join(folders.kubernetes, `${app}-dashboards.yaml`);
    files.set(file, `# ${origin(file)}\n${renderConfigMaps(boards, app, settings.folder)}`);
  }
  const rules = join(folders.rules, `${app}.yaml`);
  const options = { ...catalog, ...selection, settings };
  const ruleText = renderRules(descriptors, options);
  files.set(rules, `# ${origin(rules)}\n${ruleText}`);
  if (kubernetes) {
    const job = selection.scrapeJobs?.[0] ?? app;
    const objects = renderOperatorObjects({ app, job, limits: scrapeLimits(descriptors) }, ruleText);
    for (const [kind, text] of Object.entries(objects)) {
      const file = join(folders.kubernetes, `${app}-${kind}.yaml`);
      files.set(file, `# ${origin(file)}\n${text}`);
    }
  }
  if (grafanaAlerting) {
    const file = join(folders.alerting, `${app}.yaml`);
    const text = renderGrafanaAlerting(describeRules(descriptors, options), app, settings);
    files.set(file, `# ${origin(file)}\n${text}`);
  }
  if (docs !== undefined) files.set(docs, renderMetricsDoc(descriptors, origin(docs)));
  if (metricsJson !== undefined) {
    const targets = { app, ...selection, labels: settings.labels };
    files.set(metricsJson, renderJson(describeForMachines(descriptors, targets, origin(metricsJson))));
  }
  return { app, catalog: resolve(from), files, folders: Object.values(folders) };
}

function renderJson(value: unknown): string {
  return `${JSON.stringify(value, undefined, 2)}\n`;
}
