import type { IngestDropReason } from "@rumkit/protocol";
import type { ClientDropReason } from "./reportingClient.ts";

/** Why values are lost, as a warning says it. */
const WORDS: Readonly<Record<ClientDropReason, string>> = {
  queue_full: "more values wait than may",
  oversize: "a value is larger than a request may be",
  invalid: "a name has to be text and a value a finite number",
  refused: "the collector refuses them",
  expired: "the collector did not take them for a day",
  closed: "the client is closed",
};

/** Values that the collector is to be told of. */
export type Losses = Partial<Record<IngestDropReason, number>>;

/** Values that were lost, by reason. */
export interface DropCount {
  /** `detail` is for the developer's eyes. */
  add(reason: ClientDropReason, values: number, detail?: string): void;
  /** Tells the developer, once for each topic. */
  tell(topic: string, message: string): void;
  /** What the collector does not know yet, to be told with the next batch; undefined where it knows all. */
  takeUntold(): Losses | undefined;
  /** What was to be told went down with its batch. */
  retell(losses: Losses | undefined): void;
  all(): Readonly<Record<ClientDropReason, number>>;
}

export function createDropCount(onProblem: (message: string) => void): DropCount {
  const all = { queue_full: 0, oversize: 0, invalid: 0, refused: 0, expired: 0, closed: 0 };
  const told = new Set<string>();
  let untold: Losses = {};

  const tell = (topic: string, message: string): void => {
    if (told.has(topic)) return;
    told.add(topic);
    try {
      onProblem(`[rumkit] ${message}`);
    } catch {
      // The app's own callback: a metric is no reason for an exception where nobody expects one.
    }
  };

  return {
    add: (reason, values, detail) => {
      all[reason] += values;
      // After `close` there is no next batch.
      if (reason !== "closed") untold[reason] = (untold[reason] ?? 0) + values;
      tell(reason, `Values are dropped: ${WORDS[reason]}${detail === undefined ? "" : ` (${detail})`}.`);
    },
    tell,
    takeUntold: () => {
      if (Object.keys(untold).length === 0) return undefined;
      const taken = untold;
      untold = {};
      return taken;
    },
    retell: (losses = {}) => {
      for (const [reason, values] of Object.entries(losses) as [IngestDropReason, number][])
        untold[reason] = (untold[reason] ?? 0) + values;
    },
    all: () => ({ ...all }),
  };
}
