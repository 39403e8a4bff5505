import { type Catalog, type LiveObjective, type LiveRelease, webVitals } from "@rumkit/protocol";
import { requestSources } from "./backendFigures.ts";
import type { Windows } from "./windows.ts";

/** Seconds of the window of an objective: the same as for figures of ratios. */
const OBJECTIVE_WINDOW = 300;

/** Minimum observations to evaluate a share: one slow page view of ten proves nothing. */
const MIN_OBSERVATIONS = 20;

/** Minimum bad observations for a miss: one failed request of the first hundred proves nothing either. */
const MIN_BAD = 5;

/** Milliseconds after a release in which it is named as the likely cause of a missed objective. */
const AFTER_RELEASE_MS = 3_600_000;

/** The observations of an objective within its window. */
export interface Observed {
  /** The observations that the objective counts: good page views, or failed requests. */
  readonly counted: number;
  readonly all: number;
}

/** An objective, with its measurement. */
export interface MeasuredObjective {
  readonly name: string;
  readonly title: string;
  readonly target: number;
  readonly goodIf: LiveObjective["goodIf"];
  /** Returns the observations in the window that ends with a second. */
  observe(ended: number): Observed;
}

/** Evaluates objectives once per second, and remembers since when each is missed. */
export interface ObjectiveStates {
  /**
   * Returns the state of every objective. With too few observations, the state of an objective stays unchanged.
   *
   * @param ended The last complete second.
   * @param at The same moment in milliseconds since 1970.
   */
  at(ended: number, at: number, releases: readonly LiveRelease[]): LiveObjective[];
}

export function createObjectiveStates(objectives: readonly MeasuredObjective[]): ObjectiveStates {
  const missed = new Map<string, NonNullable<LiveObjective["missed"]>>();
  return {
    at: (ended, at, releases) =>
      objectives.map(({ name, title, target, goodIf, observe }) => {
        const { counted, all } = observe(ended);
        const value = all >= MIN_OBSERVATIONS ? counted / all : null;
        if (value !== null) {
          const isOver = goodIf === "at_least" ? value < target : value >= target;
          const bad = goodIf === "at_least" ? all - counted : counted;
          if (!isOver || bad < MIN_BAD) missed.delete(name);
          else if (!missed.has(name)) missed.set(name, blame(at, releases));
        }
        // Without any traffic a missed objective ends.
        if (all === 0) missed.delete(name);
        const since = missed.get(name);
        return {
          objective: name,
          title,
          unit: "ratio",
          windowSeconds: OBJECTIVE_WINDOW,
          value,
          target,
          goodIf,
          observations: all,
          ...(since && { missed: since }),
        };
      }),
  };
}

/** Returns the last release before a time, if it was shortly before. */
function blame(since: number, releases: readonly LiveRelease[]): NonNullable<LiveObjective["missed"]> {
  const last = releases.findLast(({ at }) => at <= since);
  if (!last || since - last.at > AFTER_RELEASE_MS) return { since };
  return {
    since,
    release: last.release,
    secondsAfterRelease: Math.round((since - last.at) / 1000),
  };
}

/** Returns the text of an objective, for a banner. */
function objectiveTitle(spec: NonNullable<Catalog["objectives"]>[string]): string {
  return "http" in spec ? "Requests that failed" : `Page views with a good ${spec.vital}`;
}

/** Measures the objectives of the catalog by live windows. */
export function measureObjectives(catalog: Catalog, windows: Windows): MeasuredObjective[] {
  return Object.entries(catalog.objectives ?? {}).map(([name, spec]) => {
    const title = objectiveTitle(spec);
    if ("http" in spec) {
      const { requests, failed } = requestSources(catalog);
      const [failures, all] = [windows.counts(failed), windows.counts(requests)];
      return {
        name,
        title,
        target: spec.http.errorsBelow,
        goodIf: "below",
        observe: (ended) => ({ counted: inWindow(failures, ended), all: inWindow(all, ended) }),
      };
    }
    const { metric, poor } = webVitals[spec.vital];
    // With the limits of the vital where they fit, so that the window of its ratings is shared.
    const rated = windows.rated({ metric }, spec.below, Math.max(spec.below, poor));
    return {
      name,
      title,
      target: spec.ratio,
      goodIf: "at_least",
      observe: (ended): Observed => {
        const [good, middle, high] = rated.between(ended - OBJECTIVE_WINDOW + 1, ended);
        return { counted: good, all: good + middle + high };
      },
    };
  });
}

function inWindow(window: { between(from: number, to: number): number }, ended: number): number {
  return window.between(ended - OBJECTIVE_WINDOW + 1, ended);
}
