import type { Catalog } from "@rumkit/protocol";
import type { MetricDescriptor } from "../metrics/descriptor.ts";
import { type KeptPast, readKeptPast } from "./keptPast.ts";
import { createReadings } from "./readings.ts";
import { type ReplayedEpisode, replayFrom } from "./replay.ts";
import type { AlertRule, Read } from "./rule.ts";
import { rulesOf } from "./rules.ts";

/** A journal has the counters at the start of each minute. */
const STEP_MS = 60_000;

/** The answer of a journal about the alerts of a catalog. */
export interface JournalReplay extends Pick<KeptPast, "from" | "to" | "gaps"> {
  readonly episodes: readonly ReplayedEpisode[];
  /** Rules that cannot be replayed: the journal has not kept what they read. */
  readonly unknown: readonly { readonly rule: string; readonly why: string }[];
  /** Rules that can be replayed since a moment, because no alert read their metric before. */
  readonly later: readonly { readonly rule: string; readonly since: number }[];
}

export interface JournalReplayOptions {
  readonly catalog: Catalog;
  /** All metrics of the collector: `describeMetrics(catalog)`. */
  readonly metrics: readonly MetricDescriptor[];
  /** All documents of the journal. */
  readonly documents: Iterable<readonly [section: string, key: string, text: string]>;
  /** Milliseconds before the end of the journal. Episodes that had ended by then are left out. */
  readonly lastMs: number;
}

/** Evaluates the rules of a catalog over what a journal has kept. Returns undefined if it has nothing. */
export function replayJournal(options: JournalReplayOptions): JournalReplay | undefined {
  const { catalog, metrics, documents, lastMs } = options;
  const past = readKeptPast(documents);
  if (!past) return undefined;
  const { rules } = rulesOf(createReadings({ watch: () => {} }, metrics), catalog);
  const reasons = new Map(rules.map((rule) => [rule.id, whyUnknown(rule, past)]));
  const isKnown = ({ id }: AlertRule): boolean => reasons.get(id) === undefined;
  const from = Math.max(past.from, past.to - lastMs);
  const { source, to, ran } = past;
  return {
    from,
    to,
    gaps: past.gaps.filter((gap) => gap.to > from),
    episodes: replayFrom(past.from, {
      engine: { catalog, metrics, source, isEvaluated: isKnown },
      source,
      from,
      to,
      stepMs: STEP_MS,
      ran,
    }),
    unknown: rules.flatMap(({ id }) => {
      const why = reasons.get(id);
      return why === undefined ? [] : [{ rule: id, why }];
    }),
    later: rules.filter(isKnown).flatMap(({ id, reads }) => {
      const since = Math.max(from, ...reads.map(({ selector }) => past.since(selector) ?? from));
      return since > from ? [{ rule: id, since }] : [];
    }),
  };
}

function whyUnknown({ reads }: AlertRule, past: KeptPast): string | undefined {
  const gauge = reads.find(({ type }) => type === "gauge");
  if (gauge) return `it reads the gauge ${gauge.selector.metric}, and a journal keeps counts only`;
  const missing = reads.find(({ selector }) => past.since(selector) === undefined);
  return missing && `no alert of the collector read ${describe(missing)}`;
}

function describe({ selector: { metric, edge, where, by } }: Read): string {
  const labels = [
    ...where.map(({ label }) => `the label ${label}`),
    ...(by.length > 0 ? [`by ${by.join(", ")}`] : []),
    ...(edge === undefined ? [] : [`below ${edge}`]),
  ];
  return [metric, ...labels].join(", ");
}
