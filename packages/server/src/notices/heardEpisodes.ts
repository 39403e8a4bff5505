import { createKeptMap, type KeptMap } from "./keptMap.ts";
import type { KeptState } from "../journal/keptState.ts";
import type { Notice } from "./notice.ts";

/** Maximum episodes of a receiver that have no resolve yet. */
const MAX_EPISODES = 5_000;

/** Episodes of which a receiver has heard, so that it must hear of their end. */
export interface HeardEpisodes extends Pick<KeptMap<unknown>, "changes"> {
  has(episode: string): boolean;
  threadOf(episode: string): string | undefined;
  /** Notes a notice that the receiver got or needs not get: its episode fires, or has ended. The first thread is kept. */
  hear(notice: Pick<Notice, "episode" | "status">, thread: string | undefined): void;
}

export function createHeardEpisodes(state: KeptState, section: string): HeardEpisodes {
  const heard = createKeptMap<{ readonly thread?: string | undefined }>(state, section, "object");
  return {
    has: (episode) => heard.has(episode),
    threadOf: (episode) => heard.get(episode)?.thread,
    hear: ({ episode, status }, thread) => {
      if (status !== "firing") return void heard.delete(episode);
      const before = heard.get(episode);
      if (before && (before.thread !== undefined || thread === undefined)) return;
      heard.set(episode, { thread });
      const [oldest] = heard.keys();
      if (heard.size > MAX_EPISODES) heard.delete(oldest!);
    },
    changes: () => heard.changes(),
  };
}
