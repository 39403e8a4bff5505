import type { LiveAlert } from "@rumkit/protocol";
import { parseDocuments } from "../journal/documentShape.ts";
import type { DocumentChange, KeptDocuments } from "../journal/keptDocuments.ts";

/** Maximum episodes that ended and are still shown. */
const MAX_ENDED = 100;

const SECTION = "alert_history";
const SHAPE = { episode: "text", name: "text", labels: "object", endsAt: "number" } as const;

/** The episodes that ended, over restarts. */
export interface EndedEpisodes {
  /** Adds an episode. Returns what to keep. */
  add(alert: LiveAlert): DocumentChange[];
  /** Newest first. */
  list(): readonly LiveAlert[];
}

export function createEndedEpisodes(documents: KeptDocuments): EndedEpisodes {
  /** Oldest first. */
  const ended = parseDocuments<LiveAlert>(documents.read(SECTION), SHAPE).map(([key, alert]) => ({
    key,
    alert,
  }));
  return {
    add: (alert) => {
      const key = `${String(alert.endsAt).padStart(16, "0")} ${alert.episode}`;
      ended.push({ key, alert });
      const gone = ended.splice(0, Math.max(0, ended.length - MAX_ENDED));
      return [
        { section: SECTION, key, text: JSON.stringify(alert) },
        ...gone.map((old) => ({ section: SECTION, key: old.key, text: undefined })),
      ];
    },
    list: () => ended.map(({ alert }) => alert).toReversed(),
  };
}
