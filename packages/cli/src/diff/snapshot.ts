import { readFile } from "node:fs/promises";
import type { Catalog } from "@rumkit/protocol";
import { describeMetrics } from "@rumkit/server/internal/metrics";
import { isObject } from "@rumkit/server/internal/base";
import { loadCatalog } from "../generate/loadCatalog.ts";
import { type DescribedMetric, describeForMachines, type MetricsJson } from "../generate/metricsJson.ts";
import { renderAll } from "../generate/renderAll.ts";
import { readParts, type Parts } from "./parts.ts";

/** Everything of one version of a catalog that a change is judged by. */
export interface Snapshot {
  readonly app: string;
  readonly metrics: readonly DescribedMetric[];
  /** Boards and rules; undefined if only the metrics are known. */
  readonly parts: Parts | undefined;
}

/** Reads a catalog with its boards and rules. Throws an Error if it cannot be read, or is invalid. */
export async function readCatalogSnapshot(file: string): Promise<Snapshot> {
  return takeSnapshot(await loadCatalog(file), file);
}

/** Describes a catalog with its boards and rules. `file` is its path, or any. */
export function takeSnapshot(catalog: Catalog, file: string): Snapshot {
  const { app } = catalog;
  const { metrics } = describeForMachines(describeMetrics(catalog), { app });
  const { files } = renderAll(catalog, { from: file, out: "." });
  return { app, metrics, parts: withLive(readParts(files), catalog) };
}

/** Adds the cards and charts of the live page, as the panels of a board. */
function withLive(parts: Parts, { live }: Catalog): Parts {
  if (!live) return parts;
  const { cards = {}, charts = {}, activity } = live;
  const panels = [
    ...Object.entries(cards).map(([name, card]) => [`card ${name}`, JSON.stringify(card)] as const),
    ...Object.entries(charts).map(([name, chart]) => [`chart ${name}`, JSON.stringify(chart)] as const),
    ...(activity ? [["activity", JSON.stringify(activity)] as const] : []),
  ];
  return { ...parts, boards: new Map([...parts.boards, ["Live page", new Map(panels)]]) };
}

/** Reads a file of `rumkit generate --metrics-json`. Throws an Error for any other file. */
export async function readJsonSnapshot(file: string): Promise<Snapshot> {
  let read: unknown;
  try {
    read = JSON.parse(await readFile(file, "utf8"));
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new Error(`[rumkit] ${file} cannot be read: ${reason}`, { cause });
  }
  if (!isMetricsJson(read))
    throw new Error(
      `[rumkit] ${file} does not describe metrics in version 1. Write it with rumkit generate --metrics-json ${file}.`,
    );
  return { app: read.app, metrics: read.metrics, parts: undefined };
}

function isMetricsJson(read: unknown): read is MetricsJson {
  if (!isObject(read) || read["version"] !== 1 || typeof read["app"] !== "string") return false;
  const { metrics } = read;
  return Array.isArray(metrics) && metrics.every(isMetric);
}

function isMetric(metric: unknown): boolean {
  if (!isObject(metric)) return false;
  const { name, type, unit, labels, combinations, maxSeries, maxLines } = metric;
  const isDescribed = [name, type, unit].every((text) => typeof text === "string");
  const isCounted = [maxSeries, maxLines].every((count) => typeof count === "number");
  return (
    isDescribed &&
    isCounted &&
    [labels, combinations].every((list) => Array.isArray(list) && list.every(isObject))
  );
}
