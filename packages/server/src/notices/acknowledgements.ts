import type { Alert, Moment } from "../alerts/alert.ts";
import type { AuditLog } from "../audit/audit.ts";
import type { DocumentChange } from "../journal/keptDocuments.ts";
import type { KeptState } from "../journal/keptState.ts";
import { NoticeRequestError, notKept } from "./silences.ts";

/** A person has taken an alert: it is not repeated any more. Changes of its group and its resolve are still sent. */
interface Acknowledgement {
  readonly by: string;
  readonly at: Moment;
  readonly why: string;
}

export interface Acknowledgements {
  /** Acknowledges a firing episode. Resolves when it is durable. Throws a `NoticeRequestError`. */
  acknowledge(episode: string, by: string, why: string): Promise<void>;
  of(episode: string): Acknowledgement | undefined;
  /** Forgets the acknowledgements of alerts that do not fire any more. Returns what must be written. */
  retain(firing: readonly Alert[]): DocumentChange[];
}

const SECTION = "notices/acknowledged";
const MAX_TEXT = 500;

export interface AcknowledgementParts {
  readonly state: KeptState;
  readonly now: () => Moment;
  readonly audit: Pick<AuditLog, "add">;
}

export function createAcknowledgements({ state, now, audit }: AcknowledgementParts): Acknowledgements {
  const known = new Map(state.read<Acknowledgement>(SECTION, { by: "text", at: "number", why: "text" }));
  /** Episodes that fire now: one that was never heard of cannot be acknowledged. */
  let firing = new Set<string>();
  return {
    acknowledge: async (episode, by, why) => {
      if (!firing.has(episode)) {
        throw new NoticeRequestError("missing", `No alert fires in the episode "${episode.slice(0, 64)}".`);
      }
      if (by.trim() === "" || by.length > MAX_TEXT || why.length > MAX_TEXT) {
        throw new NoticeRequestError(
          "invalid",
          `The author has 1 to ${MAX_TEXT} characters, the reason at most as many.`,
        );
      }
      const acknowledgement = { by, at: now(), why };
      const documentOf = (given: Acknowledgement | undefined): DocumentChange[] => [
        { section: SECTION, key: episode, text: given && JSON.stringify(given) },
      ];
      if (!(await state.decide(documentOf(acknowledgement), documentOf(known.get(episode))))) throw notKept();
      known.set(episode, acknowledgement);
      audit.add({ at: now(), who: by, what: "alert_acknowledged", about: episode, why });
    },
    of: (episode) => known.get(episode),
    retain: (alerts) => {
      firing = new Set(alerts.map(({ episode }) => episode));
      const over = [...known.keys()].filter((episode) => !firing.has(episode));
      for (const episode of over) known.delete(episode);
      return over.map((key) => ({ section: SECTION, key, text: undefined }));
    },
  };
}
