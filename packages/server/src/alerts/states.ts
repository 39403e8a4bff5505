import { createHash } from "node:crypto";
import type { AlertCause } from "./alert.ts";
import type { Verdict, Verdicts } from "./condition.ts";
import type { AlertRule } from "./rule.ts";
import { labelsOfGroup } from "./selector.ts";

/** Milliseconds for which evaluations must fail before an alert fires for that: a fault that passes wakes no one. */
const ERROR_FOR_MS = 300_000;

/**
 * Milliseconds after a restart in which a group without any value keeps its state: gauges of the app, and series of
 * pages, appear again with their first sample.
 */
const RESTART_GRACE_MS = 60_000;

/** The group of an alert that fires for its cause, not for its value. No group of labels has such a name. */
const NO_DATA = "no data";
const ERROR = "error";

/** Times are steady milliseconds unless they are `Wall`: milliseconds since 1970 by the system clock. */
export interface Episode {
  readonly rule: AlertRule;
  readonly group: string;
  readonly cause: AlertCause;
  readonly fingerprint: string;
  readonly labels: Readonly<Record<string, string>>;
  /** Since when the condition holds. */
  activeAt: number;
  readonly activeWall: number;
  /** Undefined while pending. */
  firedAt: number | undefined;
  firedWall: number | undefined;
  /** Since when the condition of a firing alert has ended. */
  endedAt: number | undefined;
  /** True while the value of a firing alert is between the threshold and the clear threshold. */
  isBetween: boolean;
  value: number | null;
  release: string | undefined;
}

/** A change of an episode. */
export interface Transition {
  readonly kind: "pending" | "firing" | "resolved" | "inactive";
  readonly episode: Episode;
}

/** The states of all rules. */
export interface States {
  readonly episodes: ReadonlyMap<string, Episode>;
  /** Takes up an episode of an earlier process. */
  restore(episode: Episode): void;
  /** @param verdicts An error: the evaluation failed. */
  step(rule: AlertRule, verdicts: Verdicts | Error, now: Now): Transition[];
}

interface Now {
  readonly steady: number;
  readonly wall: number;
}

interface StatesOptions {
  /** The start of this process. */
  readonly startedAt: number;
  /** The newest release. */
  readonly release: () => string | undefined;
  /** True while the metrics can be read. */
  readonly isUp: () => boolean;
}

export function createStates({ startedAt, release, isUp }: StatesOptions): States {
  const episodes = createEpisodes();
  const isSettling = (now: Now): boolean => now.steady - startedAt < RESTART_GRACE_MS;

  return {
    episodes: episodes.all,
    restore: episodes.add,
    step: (rule, verdicts, now) => {
      const found = verdictsByGroup(rule, verdicts, isUp());
      const known = episodes.of(rule);
      const transitions: Transition[] = [];
      for (const episode of known ? [...known.values()] : []) {
        const verdict = found.get(episode.group);
        if (!verdict && (isFrozen(episode, verdicts) || isSettling(now))) continue;
        if (verdict) episode.value = Number.isNaN(verdict.value) ? null : verdict.value;
        const kind = advance(episode, verdict, now);
        if (kind === undefined) continue;
        if (kind === "firing") episode.release = release();
        else episodes.remove(episode);
        transitions.push({ kind, episode });
      }
      for (const [group, verdict] of found) {
        if (!verdict.holds || episodes.of(rule)?.has(group)) continue;
        const episode = begin(rule, group, verdict, now);
        episodes.add(episode);
        const kind = advance(episode, verdict, now) ?? "pending";
        if (kind === "firing") episode.release = release();
        transitions.push({ kind, episode });
      }
      return transitions;
    },
  };
}

/** Episodes by fingerprint, and those of each rule by group. */
function createEpisodes() {
  const all = new Map<string, Episode>();
  const byRule = new Map<AlertRule, Map<string, Episode>>();
  return {
    all,
    of: (rule: AlertRule): ReadonlyMap<string, Episode> | undefined => byRule.get(rule),
    add: (episode: Episode): void => {
      const groups = byRule.get(episode.rule) ?? new Map<string, Episode>();
      byRule.set(episode.rule, groups);
      groups.set(episode.group, episode);
      all.set(episode.fingerprint, episode);
    },
    remove: (episode: Episode): void => {
      byRule.get(episode.rule)?.delete(episode.group);
      all.delete(episode.fingerprint);
    },
  };
}

/** While evaluations fail, no other state of the rule is known. */
function isFrozen(episode: Episode, verdicts: Verdicts | Error): boolean {
  return verdicts instanceof Error && episode.cause !== "error";
}

/** Adds the groups of alerts that fire without a value: for missing data, or for a failed evaluation. */
function verdictsByGroup(rule: AlertRule, verdicts: Verdicts | Error, isUp: boolean): Verdicts {
  const alone = (group: string): Verdicts =>
    new Map([[group, { value: Number.NaN, holds: true, keeps: true }]]);
  if (verdicts instanceof Error) return alone(ERROR);
  return verdicts.size === 0 && isUp && rule.noDataForMs !== undefined ? alone(NO_DATA) : verdicts;
}

/** Moves an episode on, as a rule of Prometheus does (`AlertingRule.Eval`). Undefined: it stays. */
function advance(episode: Episode, verdict: Verdict | undefined, now: Now): Transition["kind"] | undefined {
  const { rule, firedAt } = episode;
  if (firedAt === undefined) {
    if (!verdict?.holds) return "inactive";
    if (now.steady - episode.activeAt < waitOf(episode)) return undefined;
    episode.firedAt = now.steady;
    episode.firedWall = now.wall;
    return "firing";
  }
  episode.isBetween = verdict?.keeps === true && !verdict.holds;
  if (verdict?.keeps === true) {
    episode.endedAt = undefined;
    return undefined;
  }
  const { endedAt } = episode;
  episode.endedAt ??= now.steady;
  return now.steady - (endedAt ?? now.steady) < rule.keepFiringForMs ? undefined : "resolved";
}

function waitOf({ rule, cause }: Episode): number {
  if (cause === "error") return ERROR_FOR_MS;
  return cause === "no_data" ? (rule.noDataForMs ?? 0) : rule.forMs;
}

function begin(rule: AlertRule, group: string, { value }: Verdict, now: Now): Episode {
  const cause: AlertCause = group === NO_DATA ? "no_data" : group === ERROR ? "error" : "value";
  const labels: Record<string, string> =
    cause === "value"
      ? { ...labelsOfGroup(rule.condition.by, group), ...rule.labels }
      : { ...rule.labels, cause };
  return {
    rule,
    group,
    cause,
    labels,
    fingerprint: fingerprintOf(rule.name, labels),
    activeAt: now.steady,
    activeWall: now.wall,
    firedAt: undefined,
    firedWall: undefined,
    endedAt: undefined,
    isBetween: false,
    value: Number.isNaN(value) ? null : value,
    release: undefined,
  };
}

/** A digest of the name and the labels. 16 hexadecimal digits: the chance of two equal ones is below 1 in 10^12 for 5,000. */
function fingerprintOf(name: string, labels: Readonly<Record<string, string>>): string {
  const sorted = Object.entries(labels).toSorted(([a], [b]) => (a < b ? -1 : 1));
  return createHash("sha256")
    .update(JSON.stringify([name, sorted]))
    .digest("hex")
    .slice(0, 16);
}
