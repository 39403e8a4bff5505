import type { LiveNotice } from "@rumkit/protocol";
import type { QueuedNotice } from "./queuedNotice.ts";

type NoticeState = LiveNotice["state"];

/** Maximum notices that are remembered, waiting or not. */
const MAX_NOTICES = 2_000;

/** The progress of the notices of each alert, for people. In memory: the audit log has what must survive. */
export interface NoticeHistory {
  note(receiver: string, notice: QueuedNotice, state: NoticeState): void;
  /** Notices by the episode of an alert, oldest first. */
  byEpisode(): ReadonlyMap<string, readonly LiveNotice[]>;
  /** The state of a notice at a receiver; undefined if it is not remembered. */
  find(receiver: string, id: string): LiveNotice | undefined;
}

export function createNoticeHistory(): NoticeHistory {
  const notices = new Map<string, { readonly alerts: readonly string[]; readonly live: LiveNotice }>();
  const keyOf = (receiver: string, id: string): string => JSON.stringify([receiver, id]);
  return {
    note: (receiver, { id, alerts, reason, at, attempts, error }, state) => {
      notices.set(keyOf(receiver, id), { alerts, live: { receiver, reason, at, state, attempts, error } });
      const [oldest] = notices.keys();
      if (notices.size > MAX_NOTICES) notices.delete(oldest!);
    },
    byEpisode: () => {
      const found = new Map<string, LiveNotice[]>();
      for (const { alerts, live } of notices.values()) {
        for (const episode of alerts) {
          const of = found.get(episode);
          if (of) of.push(live);
          else found.set(episode, [live]);
        }
      }
      return found;
    },
    find: (receiver, id) => notices.get(keyOf(receiver, id))?.live,
  };
}
