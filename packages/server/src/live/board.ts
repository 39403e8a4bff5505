import type { Catalog, LiveAlertState, LiveBoard, LiveLayout } from "@rumkit/protocol";
import type { Comparisons } from "../history/comparisons.ts";
import type { History } from "../history/history.ts";
import { createExperience, createFunnels, createTopRoutes, createVitals } from "./boardParts.ts";
import { createObjectiveStates, measureObjectives } from "./objectives.ts";
import type { Windows } from "./windows.ts";

/** Everything that the page shows apart from the figures. */
export interface Board {
  /** Judges the objectives. Call it once a second, also without a viewer: a miss begins when it happens. */
  judge(): void;
  /** Returns the whole board, for a new viewer. */
  whole(): LiveBoard;
  /**
   * Starts to watch the board: returns a function that returns the parts that changed since its last call, or undefined
   * if none did.
   */
  watch(): () => Partial<LiveBoard> | undefined;
}

export interface BoardOptions {
  readonly catalog: Catalog;
  readonly windows: Windows;
  readonly history: History;
  readonly comparisons: Comparisons;
  /** Returns the names of the figures that are compared with earlier days. */
  readonly compared: () => readonly string[];
  /** Milliseconds since 1970 that never go back: the clock of the windows. */
  readonly now: () => number;
  /** Returns the state of the alerts; undefined while none are evaluated. Default undefined. */
  readonly alerts?: (() => LiveAlertState | undefined) | undefined;
  /** The cards and charts of the catalog. Default none. */
  readonly layout?: LiveLayout | undefined;
}

/** Reads the board once a second. */
export function createBoard(options: BoardOptions): Board {
  const read = createReader(options);
  let second = -1;
  let board: LiveBoard | undefined;
  const current = (): LiveBoard => {
    const ended = Math.floor(options.now() / 1000) - 1;
    if (!board || ended !== second) board = read.whole(ended);
    second = ended;
    return board;
  };
  return {
    judge: () => read.judge(Math.floor(options.now() / 1000) - 1),
    whole: current,
    watch: () => {
      const sent = new Map<string, string>();
      let seen: LiveBoard | undefined;
      return () => {
        const now = current();
        if (now === seen) return undefined;
        seen = now;
        const changed = Object.entries(now).filter(([part, value]) => {
          const text = JSON.stringify(value);
          if (sent.get(part) === text) return false;
          sent.set(part, text);
          return true;
        });
        return changed.length > 0 ? (Object.fromEntries(changed) as Partial<LiveBoard>) : undefined;
      };
    },
  };
}

function createReader(options: BoardOptions) {
  const { catalog, windows, history, comparisons, compared, now, alerts, layout } = options;
  const vitals = createVitals(windows);
  const funnels = createFunnels(catalog, windows);
  const routes = createTopRoutes(windows);
  const experience = createExperience(catalog, windows);
  const objectives = createObjectiveStates(measureObjectives(catalog, windows));
  let minute = -1;
  let compare: LiveBoard["comparisons"] = [];
  const judge = (ended: number): LiveBoard["objectives"] =>
    objectives.at(ended, Math.floor(now()), history.marks.releases);
  const whole = (ended: number): LiveBoard => {
    const { marks, openMinute } = history;
    if (openMinute !== minute) compare = comparisons.of(compared());
    minute = openMinute;
    const start = history.dayStart();
    const alertState = alerts?.();
    return {
      day: { start, since: Math.max(start, history.countedSince) },
      comparisons: compare,
      vitals: vitals(ended),
      funnels: funnels(ended),
      routes: routes(ended),
      experience: experience(ended),
      objectives: judge(ended),
      releases: marks.releases,
      gaps: marks.gaps,
      ...(alertState && { alerts: alertState }),
      ...(layout && { layout }),
    };
  };
  return { judge, whole };
}
