import { createHash } from "node:crypto";
import type { DocumentChange, KeptDocuments } from "../journal/keptDocuments.ts";
import { createKeptState } from "../journal/keptState.ts";

/** Maximum links that are ended before their time: each is kept until then, 30 days at most. */
const MOST_ENDED = 1_000;

const SECTION = "links/ended";

/** Links that a person ended before their time. Their tokens are not kept, only a digest of each. */
export interface EndedLinks {
  has(token: string): boolean;
  /**
   * Ends a link. `full`: there are 1,000 already. `not_kept`: the journal refused it, and the link goes on.
   *
   * @param endsAt The end that it would have had: Unix milliseconds.
   */
  add(token: string, endsAt: number): Promise<"done" | "full" | "not_kept">;
}

/** @param now The clock: Unix milliseconds. */
export function createEndedLinks(documents: KeptDocuments, now: () => number): EndedLinks {
  // The caller answers that it was not kept.
  const state = createKeptState(documents, () => {});
  /** The end of each link that it would have had, by its digest. */
  const ended = new Map(state.read<number>(SECTION, "number"));
  const documentOf = (key: string, endsAt: number | undefined): DocumentChange => ({
    section: SECTION,
    key,
    text: endsAt === undefined ? undefined : String(endsAt),
  });
  return {
    has: (token) => ended.size > 0 && ended.has(digestOf(token)),
    add: async (token, endsAt) => {
      const key = digestOf(token);
      if (ended.has(key)) return "done";
      const old = [...ended].filter(([, end]) => end <= now()).map(([link]) => link);
      if (ended.size - old.length >= MOST_ENDED) return "full";
      const changes = [documentOf(key, endsAt), ...old.map((link) => documentOf(link, undefined))];
      if (!(await state.decide(changes, [documentOf(key, undefined)]))) return "not_kept";
      for (const link of old) ended.delete(link);
      ended.set(key, endsAt);
      return "done";
    },
  };
}

function digestOf(token: string): string {
  return createHash("sha256").update(token).digest("base64url");
}
