import type { Catalog } from "@rumkit/protocol";
import { escapeText } from "@rumkit/server/internal/base";
import { describeMetrics } from "@rumkit/server/internal/metrics";
import { replay, type ReplayedEpisode, seriesToReplay } from "@rumkit/server/internal/replay";
import { loadCatalog } from "../generate/loadCatalog.ts";
import { parseCommandLine, readUrl } from "./arguments.ts";
import { UsageError } from "./command.ts";
import { readPastSeries } from "./pastSeries.ts";
import { readSpan } from "./spanOption.ts";

const DAY = 86_400;
const LAST = { least: 3_600, most: 30 * DAY };
const STEP = { least: 15, most: 3_600 };

/** `rumkit alerts replay`. */
export async function replayAlerts(argv: string[]): Promise<number> {
  const { values, positionals } = parseCommandLine(argv, {
    catalog: { type: "string" },
    last: { type: "string", default: "7d" },
    step: { type: "string", default: "1m" },
  });
  const [address, extra] = positionals;
  if (address === undefined || extra !== undefined)
    throw new UsageError(
      "[rumkit] Name one Prometheus: rumkit alerts replay http://prometheus:9090 --catalog catalog.ts.",
    );
  if (values.catalog === undefined)
    throw new UsageError("[rumkit] --catalog is required: the catalog with the alerts to try.");
  const url = readUrl("The Prometheus URL", address);
  const lastMs = readSpan("--last", values.last, LAST) * 1_000;
  const stepMs = readSpan("--step", values.step, STEP) * 1_000;
  const catalog = await loadCatalog(values.catalog);
  const to = Math.floor(Date.now() / stepMs) * stepMs;
  const episodes = await replayPast(catalog, { url, from: to - lastMs, to, stepMs });
  process.stdout.write(renderReplay(episodes));
  return 0;
}

interface Past {
  readonly url: URL;
  readonly from: number;
  readonly to: number;
  readonly stepMs: number;
}

async function replayPast(catalog: Catalog, { url, from, to, stepMs }: Past): Promise<ReplayedEpisode[]> {
  const metrics = describeMetrics(catalog);
  const { names, leadMs } = seriesToReplay(catalog, metrics);
  const series = await readPastSeries({ url, names, from: from - leadMs, to, stepMs, app: catalog.app });
  if (series.length === 0)
    throw new Error(
      `[rumkit] This Prometheus has no series of "${catalog.app}" in that time. Does it scrape the collector, and is it the app of the catalog?`,
    );
  return replay({ catalog, metrics, series, from, to, stepMs });
}

/** One line for each alert that would have fired, and a sum for each name. */
function renderReplay(episodes: readonly ReplayedEpisode[]): string {
  if (episodes.length === 0) return "No alert would have fired.\n";
  const lines = episodes.map(({ alert, firedAt, endedAt }) => {
    const end = endedAt === undefined ? "still fires" : `${minutes(endedAt - firedAt)} min`;
    const by = Object.entries(alert.labels)
      .filter(([label]) => !["app", "severity", "team"].includes(label))
      .map(([label, value]) => ` ${label}=${value}`)
      .join("");
    return `${new Date(firedAt).toISOString()}  ${end.padStart(11)}  ${alert.name}${by}  worst ${alert.value ?? "unknown"}, threshold ${alert.threshold}`;
  });
  const counts = Map.groupBy(episodes, ({ alert }) => alert.name);
  const sums = [...counts].map(
    ([name, all]) => `${name}: ${all.length} ${all.length === 1 ? "time" : "times"}`,
  );
  return `${[...lines, "", ...sums].map(escapeText).join("\n")}\n`;
}

function minutes(milliseconds: number): number {
  return Math.round(milliseconds / 60_000);
}
