import type { Alert } from "../alerts/alert.ts";
import { labelOf, type MatchesAlert, readMatchers } from "./matchers.ts";
import type { Inhibition } from "./noticeOptions.ts";

/**
 * Returns a test for one evaluation: true for an alert that another one inhibits, among those that fire now. An alert that is
 * source and target of the same rule is not inhibited by others that are both, or two would silence each other.
 */
export function createInhibitions(
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
