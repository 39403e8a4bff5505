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
import { describeRules, renderRules, type RulesOptions } from "../rules/rules.ts";
import type { GeneratedFiles } from "./generatedFiles.ts";
import { describeForMachines } from "./metricsJson.ts";
import { renderMetricsDoc } from "./metricsDoc.ts";
import { renderOperatorObjects } from "./operator.ts";
import { renderOrigin } from "./origin.ts";
import { scrapeLimits } from "./scrapeLimits.ts";
import type { MetricDescriptor } from "@rumkit/server";
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
  { from, out, settings = DEFAULT_SETTINGS, scrapeJobs, selector, ...targets }: RenderTargets,
): GeneratedFiles {
  const { app } = catalog;
  const source: Source = {
    app,
    descriptors: describeMetrics(catalog),
    options: { ...catalog, scrapeJobs, selector, settings },
    folders: {
      classic: join(out, "dashboards"),
      v2: join(out, "dashboards-v2"),
      kubernetes: join(out, "kubernetes"),
      rules: join(out, "rules"),
      alerting: join(out, "grafana-alerting"),
    },
    origin: (file) => renderOrigin(file, { app, catalog: from }),
  };
  const files = new Map([
    ...boardFiles(source, boardsOf(catalog, source.options), targets),
    ...ruleFiles(source, targets),
    ...referenceFiles(source, targets),
  ]);
  return { app, catalog: resolve(from), files, folders: Object.values(source.folders) };
}

/** A catalog with everything that its files have in common. */
interface Source {
  readonly app: string;
  readonly descriptors: readonly MetricDescriptor[];
  readonly options: RulesOptions & { readonly settings: GenerateSettings };
  readonly folders: Readonly<Record<"classic" | "v2" | "kubernetes" | "rules" | "alerting", string>>;
  /** The line that names the owner of a file. */
  readonly origin: (file: string) => string;
}

type File = readonly [path: string, text: string];

function boardFiles(
  { app, folders, options, origin }: Source,
  boards: readonly Board[],
  { kubernetes = false, configMap = kubernetes }: Pick<RenderTargets, "kubernetes" | "configMap">,
): File[] {
  const files = boards.flatMap((board): File[] => {
    const classic = join(folders.classic, `${app}-${board.name}.json`);
    const v2 = join(folders.v2, `${app}-${board.name}.json`);
    return [
      [classic, renderJson(renderClassic(board, origin(classic)))],
      [v2, renderJson(renderV2(board, origin(v2)))],
    ];
  });
  if (!configMap) return files;
  const file = join(folders.kubernetes, `${app}-dashboards.yaml`);
  const text = renderConfigMaps(boards, app, options.settings.folder);
  return [...files, [file, `# ${origin(file)}\n${text}`]];
}

function ruleFiles(
  { app, descriptors, options, folders, origin }: Source,
  { kubernetes, grafanaAlerting }: Pick<RenderTargets, "kubernetes" | "grafanaAlerting">,
): File[] {
  const rules = renderRules(descriptors, options);
  const texts: File[] = [[join(folders.rules, `${app}.yaml`), rules]];
  if (kubernetes) {
    const job = options.scrapeJobs?.[0] ?? app;
    const objects = renderOperatorObjects({ app, job, limits: scrapeLimits(descriptors) }, rules);
    for (const [kind, text] of Object.entries(objects))
      texts.push([join(folders.kubernetes, `${app}-${kind}.yaml`), text]);
  }
  if (grafanaAlerting) {
    const text = renderGrafanaAlerting(describeRules(descriptors, options), app, options.settings);
    texts.push([join(folders.alerting, `${app}.yaml`), text]);
  }
  return texts.map(([file, text]) => [file, `# ${origin(file)}\n${text}`]);
}

function referenceFiles(
  { app, descriptors, options, origin }: Source,
  { docs, metricsJson }: Pick<RenderTargets, "docs" | "metricsJson">,
): File[] {
  const { scrapeJobs, selector, settings } = options;
  const files: File[] = [];
  if (docs !== undefined) files.push([docs, renderMetricsDoc(descriptors, origin(docs))]);
  if (metricsJson !== undefined) {
    const targets = { app, scrapeJobs, selector, labels: settings.labels };
    const described = describeForMachines(descriptors, targets, origin(metricsJson));
    files.push([metricsJson, renderJson(described)]);
  }
  return files;
}

function renderJson(value: unknown): string {
  return `${JSON.stringify(value, undefined, 2)}\n`;
}
