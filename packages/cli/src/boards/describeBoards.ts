import type { MetricDescriptor } from "@rumkit/server";
import { boardUid } from "@rumkit/server/internal/metrics";
import { DEFAULT_SETTINGS, type GenerateSettings } from "../base/generateSettings.ts";
import { POSTGRES_METRICS, RUNTIME_METRICS } from "../promql/foreignMetrics.ts";
import { createPromql, type Promql } from "../promql/promql.ts";
import { scopeOfBoard, scopeOfRules, type TargetSelection } from "../promql/scope.ts";
import { BOARDS } from "./boardList.ts";
import { type Board, isOneValue, type Panel, type PlacedPanel, type PlacedSection } from "./board.ts";
import type { BoardCatalog, BoardFilter, BoardSpec } from "./boardSpec.ts";
import { checkPanel } from "./checkPanel.ts";
import { placeSections } from "./layout.ts";
import { describeAnnotations, describeVariables } from "./variables.ts";

export interface BoardOptions extends BoardCatalog, Omit<TargetSelection, "labels"> {
  /** Settings of one's Grafana. Default `DEFAULT_SETTINGS`. */
  readonly settings?: GenerateSettings | undefined;
}

/**
 * Describes the boards of an app. Boards, sections and panels for which the catalog has no metric are left out. The
 * same descriptors give the same boards.
 *
 * Throws if a panel is wrong: its units, a window, or a label in a legend.
 */
export function describeBoards(descriptors: readonly MetricDescriptor[], options: BoardOptions): Board[] {
  return BOARDS.map((spec) => describeBoard(spec, descriptors, options)).filter(
    ({ sections }) => sections.length > 0,
  );
}

function describeBoard(
  spec: BoardSpec,
  descriptors: readonly MetricDescriptor[],
  { settings = DEFAULT_SETTINGS, ...options }: BoardOptions,
): Board {
  const { app } = options;
  const { labels, titlePrefix, uidPrefix, tags, timezone, leaveOut, postgresJob } = settings;
  const targets: TargetSelection = { ...options, labels };
  const known = (spec.filters ?? []).filter(({ metric }) => descriptors.some(({ name }) => name === metric));
  const promql = createPromql([...descriptors, ...RUNTIME_METRICS], scopeOfBoard(targets, known));
  const postgres = postgresJob === undefined ? undefined : postgresOf(postgresJob, targets);
  const described = spec.describe({ promql, descriptors, catalog: options, postgres });
  const wanted = described.filter(({ about }) => about === undefined || !leaveOut.includes(about));
  const sections = placeSections(
    spec.name,
    wanted.map((section) => ({ ...section, rows: section.rows.map((row) => row.map(withRounding)) })),
  );
  const panels = sections.flatMap((section) => section.panels);
  for (const { panel } of panels) checkPanel(panel);
  return {
    name: spec.name,
    uid: boardUid(app, spec.name, uidPrefix),
    title: `${titlePrefix}${app}: ${spec.title}`,
    description: spec.description,
    tags: ["rumkit", app, ...tags],
    timezone,
    range: spec.range,
    refresh: spec.refresh,
    variables: describeVariables(targets, usedFilters(known, panels)),
    annotations: describeAnnotations(app, labels),
    linkTags: ["rumkit", app],
    sections,
  };
}

/** The exporter is a target that no app owns: its job is fixed, and a reader's choice of an instance is not for it. */
function postgresOf(job: string, targets: TargetSelection): Promql {
  return createPromql(POSTGRES_METRICS, scopeOfRules({ ...targets, scrapeJobs: [job] }));
}

/** Says of a panel with numbers of events why they are whole. */
function withRounding(panel: Panel): Panel {
  if (panel.kind === "text" || !isOneValue(panel)) return panel;
  const isEstimated = panel.queries.some(
    ({ expression: { unit, metric } }) => unit === "count" && metric.type !== "gauge",
  );
  return isEstimated ? { ...panel, description: `${panel.description} ${ROUNDING}` } : panel;
}

const ROUNDING =
  "Numbers are rounded: Prometheus estimates the time before the first and after the last scrape.";

function usedFilters(filters: readonly BoardFilter[], panels: readonly PlacedPanel[]): BoardFilter[] {
  const used = new Set(
    panels.flatMap(({ panel }) =>
      panel.kind === "text" ? [] : panel.queries.flatMap(({ expression }) => expression.filters),
    ),
  );
  return filters.filter(({ name }) => used.has(name));
}

/** Returns every panel of a board, in the order of reading. */
export function panelsOf({ sections }: { readonly sections: readonly PlacedSection[] }): PlacedPanel[] {
  return sections.flatMap(({ panels }) => panels);
}
