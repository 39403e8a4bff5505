import type { Catalog } from "@rumkit/protocol";
import { steadyNow } from "../base/steadyNow.ts";
import type { DocumentChange } from "../journal/keptDocuments.ts";
import type { MetricDescriptor } from "../metrics/descriptor.ts";
import type { AlertChange, AlertEngine, Moment } from "./alert.ts";
import type { ComparedValues } from "./comparedValues.ts";
import type { Verdicts } from "./condition.ts";
import { describeEpisode, type LinksOf } from "./describeEpisode.ts";
import { createPastDocuments, PAST } from "./pastDocuments.ts";
import { createReadings, type Readings } from "./readings.ts";
import type { AlertRule } from "./rule.ts";
import { type Rules, rulesOf } from "./rules.ts";
import type { AlertSource } from "./source.ts";
import { createStateDocuments, STATE_SECTION, type StateDocuments } from "./stateDocuments.ts";
import { createStates, type Transition } from "./states.ts";
import { type Tracks, tracksOf } from "./tracks.ts";
import { createWindowDocuments, WINDOW_SECTIONS } from "./windowDocuments.ts";

/** Sections of the kept documents that are the engine's. */
export const ENGINE_SECTIONS: readonly string[] = [STATE_SECTION, ...WINDOW_SECTIONS, PAST];

export interface EngineOptions {
  /** Its alerts and objectives are evaluated. It is checked: see `lintCatalog`. */
  readonly catalog: Catalog;
  /** All metrics of the collector. */
  readonly metrics: readonly MetricDescriptor[];
  readonly source: AlertSource;
  /** Milliseconds since 1970 that never go back: windows and waits are measured by it. Default the one of the process. */
  readonly steadyNow?: () => number;
  /** The label `team` of alerts that name none. Default none. */
  readonly team?: string | undefined;
  /** Default: no links. */
  readonly links?: LinksOf | undefined;
  /** The newest release that pages reported. Default: none. */
  readonly release?: (() => string | undefined) | undefined;
  /** Rules for which this is false are not evaluated. Default: all are. */
  readonly isEvaluated?: ((rule: AlertRule) => boolean) | undefined;
  /** Called with the verdicts of each rule at each evaluation, unless it failed. Default: not called. */
  readonly onVerdicts?: ComparedValues["record"] | undefined;
  /** Called with the first failure of a rule, and again once it has recovered and fails anew. */
  readonly onError?: ((rule: string, error: Error) => void) | undefined;
}

/** The engine of alerts, with what it keeps over a restart. */
export interface Engine extends AlertEngine {
  readonly rules: readonly AlertRule[];
  /** Bytes of the windows. */
  readonly bytes: number;
  /** Reads all series. `evaluate` does so, too, unless this moment was read already. */
  sample(): void;
  /**
   * Returns what changed since the last call, for one write together with the notices. Call it after each evaluation. If
   * the write fails, write these changes again before later ones.
   */
  save(): DocumentChange[];
  /** Goes on where an earlier process ended. Call it before the first evaluation, with all of its sections. */
  restore(documents: Iterable<readonly [section: string, key: string, text: string]>): void;
}

const NO_LINKS = { live: undefined, board: undefined, runbook: undefined };

/** Creates an engine. Call `evaluate` once per second. */
export function createEngine(options: EngineOptions): Engine {
  const { catalog, metrics, source, team, links = () => NO_LINKS, release = () => undefined } = options;
  const now = options.steadyNow ?? steadyNow;
  const readings = createReadings(source, metrics);
  const { rules: all, objectives }: Rules = rulesOf(readings, catalog, { team });
  const rules = all.filter(options.isEvaluated ?? (() => true));
  const states = createStates({ startedAt: now(), release, isUp: readings.presence.isUp });
  const tracks = tracksOf(readings, objectives);
  const kept = createStateDocuments(states, rules, now);
  const watch = createWatch(options);
  const sample = createSampling(readings, now);

  return {
    rules,
    get bytes() {
      return tracks.bytes();
    },
    sample: () => void sample(),
    current: () =>
      [...states.episodes.values()]
        .map((episode) => describeEpisode(episode, links))
        .toSorted((a, b) => a.startsAt - b.startsAt),
    evaluate: (at) => {
      const moment = { steady: sample(), wall: at };
      for (const objective of objectives) objective.record(moment.steady);
      const transitions = rules.flatMap((rule) => states.step(rule, watch(rule, moment), moment));
      for (const transition of transitions) kept.changed(transition);
      return transitions.map((transition) => changeOf(transition, at, links));
    },
    ...createKeeping(readings, tracks, kept, now),
  };
}

/** Returns a function that reads all series, unless this moment was read already, and returns the moment. */
function createSampling({ sample }: Readings, now: () => number): () => number {
  let sampledAt = Number.NaN;
  return () => {
    const at = now();
    if (at > sampledAt || Number.isNaN(sampledAt)) {
      sample(at);
      sampledAt = at;
    }
    return sampledAt;
  };
}

function changeOf({ kind, episode }: Transition, at: Moment, links: LinksOf): AlertChange {
  const endsAt = kind === "resolved" || kind === "inactive" ? at : undefined;
  return { kind, at, alert: describeEpisode(episode, links, endsAt) };
}

/** Keeps states, windows and what counters did over a restart. */
function createKeeping(
  { counters, presence }: Readings,
  tracks: Tracks,
  states: StateDocuments,
  now: () => number,
): Pick<Engine, "save" | "restore"> {
  const windows = createWindowDocuments(tracks, now);
  const past = createPastDocuments(counters, now);
  return {
    save: () => [...states.take(), ...windows.take(), ...past.take()],
    restore: (documents) => {
      const found = [...documents];
      const aliveAt = windows.restore(found);
      states.restore(found, aliveAt);
      past.restore(found);
      if (aliveAt !== undefined) presence.resume(aliveAt);
    },
  };
}

/** Evaluates a rule, and reports its verdicts. A failure is an error as its verdict, and is reported once until the rule works again. */
function createWatch({ onError, onVerdicts }: EngineOptions) {
  const failing = new Set<AlertRule>();
  return (rule: AlertRule, moment: { readonly steady: number; readonly wall: number }): Verdicts | Error => {
    try {
      const verdicts = rule.condition.evaluate(moment.steady);
      onVerdicts?.(rule, verdicts, moment);
      failing.delete(rule);
      return verdicts;
    } catch (thrown) {
      const error = thrown instanceof Error ? thrown : new Error(String(thrown));
      if (!failing.has(rule)) onError?.(rule.id, error);
      failing.add(rule);
      return error;
    }
  };
}
