import type { Catalog } from "@rumkit/protocol";
import { describeMetrics } from "@rumkit/server/internal/metrics";
import {
  readDocuments,
  replay,
  type ReplayedEpisode,
  replayJournal,
  seriesToReplay,
} from "@rumkit/server/internal/replay";
import { loadCatalog } from "../generate/loadCatalog.ts";
import { parseCommandLine, readUrl } from "./arguments.ts";
import { UsageError } from "./command.ts";
import { readPastSeries } from "./pastSeries.ts";
import { pathExists } from "../base/pathExists.ts";
import { renderJournalReplay, renderReplay } from "./renderReplay.ts";
import { readSpan } from "./spanOption.ts";

const DAY = 86_400;
const LAST = { least: 3_600, most: 30 * DAY };
const STEP = { least: 15, most: 3_600 };

/** `rumkit alerts replay`. */
export async function replayAlerts(argv: string[]): Promise<number> {
  const { values, positionals } = parseCommandLine(argv, {
    catalog: { type: "string" },
    last: { type: "string", default: "7d" },
    step: { type: "string" },
  });
  const [address, extra] = positionals;
  if (address === undefined || extra !== undefined)
    throw new UsageError(
      "[rumkit] Name one Prometheus or one journal: rumkit alerts replay http://prometheus:9090 --catalog catalog.ts.",
    );
  if (values.catalog === undefined)
    throw new UsageError("[rumkit] --catalog is required: the catalog with the alerts to try.");
  const lastMs = readSpan("--last", values.last, LAST) * 1_000;
  const isUrl = /^https?:\/\//i.test(address);
  if (!isUrl && !pathExists(address))
    throw new UsageError(
      `[rumkit] "${address.slice(0, 256)}" is not the file of a journal, and the address of a Prometheus must start with http:// or https://.`,
    );
  if (!isUrl && values.step !== undefined)
    throw new UsageError("[rumkit] --step is for a Prometheus only: a journal has each minute.");
  const url = isUrl ? readUrl("The Prometheus URL", address) : undefined;
  const stepMs = readSpan("--step", values.step ?? "1m", STEP) * 1_000;
  const catalog = await loadCatalog(values.catalog);
  if (!url) return replayKept(catalog, address, lastMs);
  const to = Math.floor(Date.now() / stepMs) * stepMs;
  const episodes = await replayPast(catalog, { url, from: to - lastMs, to, stepMs });
  process.stdout.write(renderReplay(episodes));
  return 0;
}

/** Replays what a journal has. The alerts are the output; what it cannot know goes to people, beside it. */
function replayKept(catalog: Catalog, path: string, lastMs: number): number {
  const documents = readDocuments(path, catalog.app);
  const found = replayJournal({ catalog, metrics: describeMetrics(catalog), documents, lastMs });
  if (!found)
    throw new Error(
      `[rumkit] ${path} has no past of alerts: no collector with alerts has run with it for a minute. Replay a Prometheus, or wait.`,
    );
  process.stderr.write(renderJournalReplay(found));
  process.stdout.write(renderReplay(found.episodes));
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
