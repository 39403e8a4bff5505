import type { Catalog } from "@rumkit/protocol";
import { steadyNow } from "../base/steadyNow.ts";
import type { DocumentChange } from "../journal/keptDocuments.ts";
import type { MetricDescriptor } from "../metrics/descriptor.ts";
import type { AlertChange, AlertEngine } from "./alert.ts";
import type { ComparedValues } from "./comparedValues.ts";
import type { Verdicts } from "./condition.ts";
import { describeEpisode, type LinksOf } from "./describeEpisode.ts";
import { createPastDocuments, PAST } from "./pastDocuments.ts";
import { createReadings } from "./readings.ts";
import type { AlertRule } from "./rule.ts";
import { type Rules, rulesOf } from "./rules.ts";
import type { AlertSource } from "./source.ts";
import { createStateDocuments, STATE_SECTION } from "./stateDocuments.ts";
import { createStates, type Transition } from "./states.ts";
import { tracksOf } from "./tracks.ts";
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
  const windows = createWindowDocuments(tracks, now);
  const past = createPastDocuments(readings.counters, now);
  const watch = createWatch(options);
  let sampledAt = Number.NaN;
  let wall = 0;

  const sample = (): number => {
    const at = now();
    if (at > sampledAt || Number.isNaN(sampledAt)) {
      readings.sample(at);
      sampledAt = at;
    }
    return sampledAt;
  };
  const describe = ({ kind, episode }: Transition): AlertChange => {
    const endsAt = kind === "resolved" || kind === "inactive" ? wall : undefined;
    return { kind, at: wall, alert: describeEpisode(episode, links, endsAt) };
  };

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
      const steady = sample();
      wall = at;
      for (const objective of objectives) objective.record(steady);
      const moment = { steady, wall: at };
      const transitions = rules.flatMap((rule) => states.step(rule, watch(rule, moment), moment));
      for (const transition of transitions) kept.changed(transition);
      return transitions.map(describe);
    },
    save: () => [...kept.take(), ...windows.take(), ...past.take()],
    restore: (documents) => {
      const found = [...documents];
      const aliveAt = windows.restore(found);
      kept.restore(found, aliveAt);
      past.restore(found);
      if (aliveAt !== undefined) readings.presence.resume(aliveAt);
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
