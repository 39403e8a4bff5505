import type { IngestDropReason } from "@rumkit/protocol";
import type { ClientDropReason } from "./reportingClient.ts";

/** Reasons of losses in the words of a warning. */
const WORDS: Readonly<Record<ClientDropReason, string>> = {
  queue_full: "the queue is full",
  oversize: "a value is larger than a request may be",
  invalid: "a name must be a text and a value a finite number",
  refused: "the collector refuses them",
  expired: "the collector did not take them for a day",
  closed: "the client is closed",
};

/** Lost values that are reported to the collector. */
export type Losses = Partial<Record<IngestDropReason, number>>;

/** Counts lost values by reason. */
export interface DropCount {
  /** `detail` is for the developer's eyes. */
  add(reason: ClientDropReason, values: number, detail?: string): void;
  /** Warns the developer, once for each topic. */
  warn(topic: string, message: string): void;
  /** The losses that the collector does not know yet, for the next batch; undefined if there are none. */
  takeUnreported(): Losses | undefined;
  /** Reports losses once more, because their batch was lost. */
  reportAgain(losses: Losses | undefined): void;
  all(): Readonly<Record<ClientDropReason, number>>;
}

export function createDropCount(onProblem: (message: string) => void): DropCount {
  const all = { queue_full: 0, oversize: 0, invalid: 0, refused: 0, expired: 0, closed: 0 };
  const warned = new Set<string>();
  let unreported: Losses = {};

  const warn = (topic: string, message: string): void => {
    if (warned.has(topic)) return;
    warned.add(topic);
    try {
      onProblem(`[rumkit] ${message}`);
    } catch {
      // The callback belongs to the app. A metric must not throw where the app does not expect it.
    }
  };

  return {
    add: (reason, values, detail) => {
      all[reason] += values;
      // After `close` there is no next batch.
      if (reason !== "closed") unreported[reason] = (unreported[reason] ?? 0) + values;
      warn(reason, `Values are dropped: ${WORDS[reason]}${detail === undefined ? "" : ` (${detail})`}.`);
    },
    warn,
    takeUnreported: () => {
      if (Object.keys(unreported).length === 0) return undefined;
      const taken = unreported;
      unreported = {};
      return taken;
    },
    reportAgain: (losses = {}) => {
      for (const [reason, values] of Object.entries(losses) as [IngestDropReason, number][])
        unreported[reason] = (unreported[reason] ?? 0) + values;
    },
    all: () => ({ ...all }),
  };
}
