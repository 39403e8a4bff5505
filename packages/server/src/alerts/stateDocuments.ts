import type { DocumentChange } from "../journal/keptDocuments.ts";
import type { AlertRule } from "./rule.ts";
import type { Episode, States, Transition } from "./states.ts";

/** The section of episodes, by fingerprint. */
export const STATE_SECTION = "alert_states";

/** An episode as JSON. Times are steady milliseconds unless they are `Wall`. */
interface KeptEpisode extends Omit<Episode, "rule"> {
  readonly rule: string;
  /** When it was written. */
  readonly savedAt: number;
}

/** Keeps episodes over a restart. */
export interface StateDocuments {
  changed(transition: Transition): void;
  take(): DocumentChange[];
  /** @param aliveAt The last moment at which the earlier process is known to have run. */
  restore(
    documents: readonly (readonly [section: string, key: string, text: string])[],
    aliveAt: number | undefined,
  ): void;
}

export function createStateDocuments(
  states: States,
  rules: readonly AlertRule[],
  now: () => number,
): StateDocuments {
  const byId = new Map(rules.map((rule) => [rule.id, rule]));
  const changed = new Set<string>();
  return {
    changed: ({ episode }) => void changed.add(episode.fingerprint),
    take: () => {
      const changes = [...changed].map((key) => {
        const episode = states.episodes.get(key);
        return { section: STATE_SECTION, key, text: episode && encode(episode, now()) };
      });
      changed.clear();
      return changes;
    },
    restore: (documents, aliveAt) => {
      const found = documents.flatMap(([section, key, text]) => {
        if (section !== STATE_SECTION) return [];
        const kept = decode(text);
        const rule = kept && byId.get(kept.rule);
        // A rule that was removed ends its alerts without a word: the operator ended them.
        if (kept && rule) return [{ kept, rule }];
        changed.add(key);
        return [];
      });
      const last = Math.max(aliveAt ?? 0, ...found.map(({ kept }) => kept.savedAt));
      for (const { kept, rule } of found) states.restore(movedBy(now() - last, kept, rule, now()));
    },
  };
}

/** The time between two processes counts for no wait. */
function movedBy(by: number, kept: KeptEpisode, rule: AlertRule, now: number): Episode {
  const moved = (at: number): number => Math.min(at + by, now);
  return {
    ...kept,
    rule,
    activeAt: moved(kept.activeAt),
    firedAt: kept.firedAt === undefined ? undefined : moved(kept.firedAt),
    endedAt: kept.endedAt === undefined ? undefined : moved(kept.endedAt),
  };
}

function encode({ rule, ...rest }: Episode, savedAt: number): string {
  return JSON.stringify({ ...rest, rule: rule.id, savedAt } satisfies KeptEpisode);
}

function decode(text: string): KeptEpisode | undefined {
  try {
    const kept = JSON.parse(text) as Partial<KeptEpisode>;
    const isWhole =
      typeof kept.rule === "string" &&
      typeof kept.fingerprint === "string" &&
      typeof kept.activeAt === "number" &&
      typeof kept.activeWall === "number" &&
      typeof kept.savedAt === "number" &&
      typeof kept.group === "string" &&
      typeof kept.labels === "object";
    return isWhole
      ? ({
          firedAt: undefined,
          firedWall: undefined,
          endedAt: undefined,
          isBetween: false,
          release: undefined,
          ...kept,
        } as KeptEpisode)
      : undefined;
  } catch {
    return undefined;
  }
}
