import type { Alert, Moment } from "../alerts/alert.ts";
import { labelOf, type MatchesAlert, readMatchers } from "./matchers.ts";
import type { Inhibition } from "./noticeOptions.ts";
import type { NoticeSettings } from "./noticeSettings.ts";
import type { Silences } from "./silences.ts";

/**
 * The reasons for which an alert has no notices: ids of silences, `inhibited`, `maintenance`, and names of those of the given
 * mute times that last. Empty if it has notices.
 */
export type MutedBy = (alert: Alert, muteTimes: readonly string[]) => readonly string[];

export interface MuteParts {
  readonly settings: NoticeSettings;
  readonly inhibit: readonly Inhibition[];
  readonly silences: Silences;
}

/** Returns the reasons at a moment, among the alerts that fire then. */
export function createMutes({
  settings,
  inhibit,
  silences,
}: MuteParts): (firing: readonly Alert[], at: Moment) => MutedBy {
  const inhibitions = createInhibitions(inhibit);
  return (firing, at) => {
    const isInhibited = inhibitions(firing);
    const maintenance = settings.maintenance.filter(({ from, to }) => at >= from && at < to);
    const active = new Set([...settings.muteTimes].filter(([, lasts]) => lasts(at)).map(([name]) => name));
    return (alert, muteTimes) => [
      ...silences.matching(alert, at),
      ...(isInhibited(alert) ? ["inhibited"] : []),
      ...(maintenance.some(({ matches }) => matches(alert)) ? ["maintenance"] : []),
      ...muteTimes.filter((name) => active.has(name)),
    ];
  };
}

/**
 * Returns a test for one evaluation: true for an alert that another one inhibits, among those that fire now. An alert that is
 * source and target of the same rule is not inhibited by others that are both, or two would silence each other.
 */
function createInhibitions(
  rules: readonly Inhibition[],
): (firing: readonly Alert[]) => (alert: Alert) => boolean {
  const tests = rules.map((rule) => ({
    isSource: readMatchers(rule.source),
    isTarget: readMatchers(rule.target),
    keyOf: (alert: Alert) => JSON.stringify((rule.equal ?? []).map((label) => labelOf(alert, label))),
  }));
  return (firing) => {
    const active = tests.map((test) => ({ ...test, ...findSources(firing, test) }));
    return (alert) =>
      active.some(({ isSource, isTarget, keyOf, all, plain }) => {
        if (!isTarget(alert)) return false;
        const sources = (isSource(alert) ? plain : all).get(keyOf(alert));
        return sources !== undefined && (sources.size > 1 || !sources.has(alert.fingerprint));
      });
  };
}

interface InhibitionTest {
  readonly isSource: MatchesAlert;
  readonly isTarget: MatchesAlert;
  readonly keyOf: (alert: Alert) => string;
}

/** Fingerprints of sources by the values of their equal labels: all of them, and those that are not targets. */
function findSources(firing: readonly Alert[], { isSource, isTarget, keyOf }: InhibitionTest) {
  const all = new Map<string, Set<string>>();
  const plain = new Map<string, Set<string>>();
  for (const alert of firing.filter(isSource)) {
    for (const map of isTarget(alert) ? [all] : [all, plain]) {
      const key = keyOf(alert);
      map.set(key, (map.get(key) ?? new Set()).add(alert.fingerprint));
    }
  }
  return { all, plain };
}
