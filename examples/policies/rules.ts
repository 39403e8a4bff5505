import type { Outcome, Region } from "./policies.ts";

/** The behavior of each version of the rule. */
const BEHAVIOR = {
  "2026.1": { delayMs: () => 5, decide: (outcome: Outcome) => outcome },
  // It asks an archive for each policy of the west, and denies what the archive does not know.
  "2026.2": {
    delayMs: (region: Region) => (region === "west" ? 800 : 5),
    decide: (outcome: Outcome, region: Region): Outcome => (region === "west" ? "denied" : outcome),
  },
  "2026.3": { delayMs: () => 4, decide: (outcome: Outcome) => outcome },
} as const;

export type RuleVersion = keyof typeof BEHAVIOR;

export const RULE_VERSIONS = Object.keys(BEHAVIOR) as RuleVersion[];

/** The version that is slow and wrong in the west. */
export const FAULTY: RuleVersion = "2026.2";

/** Entries of the history that are kept. */
const MAX_HISTORY = 50;

/** A deployment: what, when, by whom, and why. */
interface Deployment {
  readonly version: RuleVersion;
  /** Milliseconds since 1970. */
  readonly at: number;
  readonly by: string;
  readonly why: string;
}

export interface Rules {
  readonly current: () => RuleVersion;
  /** Milliseconds that the current version takes for a policy. */
  readonly delayMs: (region: Region) => number;
  readonly decide: (outcome: Outcome, region: Region) => Outcome;
  readonly deploy: (version: RuleVersion, by: string, why: string) => void;
  /**
   * Takes the current version back, to the one before it that was not taken back itself: a second call does not bring a faulty
   * version again. Returns the one that holds then.
   */
  readonly takeBack: (by: string, why: string) => RuleVersion;
  /** Newest first. */
  readonly history: () => readonly Deployment[];
}

export function isRuleVersion(value: unknown): value is RuleVersion {
  return typeof value === "string" && Object.hasOwn(BEHAVIOR, value);
}

export function createRules(now: () => number = Date.now): Rules {
  const history: Deployment[] = [{ version: "2026.1", at: now(), by: "server", why: "The first version." }];
  const current = (): RuleVersion => history[0]!.version;
  const withdrawn = new Set<RuleVersion>();
  const deploy = (version: RuleVersion, by: string, why: string): void => {
    withdrawn.delete(version);
    history.unshift({ version, at: now(), by, why });
    history.length = Math.min(history.length, MAX_HISTORY);
  };
  return {
    current,
    deploy,
    delayMs: (region) => BEHAVIOR[current()].delayMs(region),
    decide: (outcome, region) => BEHAVIOR[current()].decide(outcome, region),
    takeBack: (by, why) => {
      const taken = current();
      const before = history.find(({ version }) => version !== taken && !withdrawn.has(version));
      if (before) {
        withdrawn.add(taken);
        deploy(before.version, by, why);
      }
      return current();
    },
    history: () => history,
  };
}
