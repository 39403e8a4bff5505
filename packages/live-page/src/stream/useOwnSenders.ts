import { useEffect, useRef, useState } from "react";
import type { TailEntry } from "./liveState.ts";
import { readOwnSessions, senderOf } from "./ownSessions.ts";

/** Own events that are remembered: more than all lists of the page show. */
const MAX_SENDERS = 500;

const NONE: ReadonlySet<string> = new Set();

/** Returns the digests of those events of the tail that a page of this tab sent. */
export function useOwnSenders(tail: readonly TailEntry[]): ReadonlySet<string> {
  const [own, setOwn] = useState(NONE);
  const checked = useRef({ sessions: "", senders: NONE });
  useEffect(() => {
    const sessions = readOwnSessions();
    const known = checked.current.sessions === sessions.join() ? checked.current.senders : NONE;
    const moments = new Map(tail.map(({ event: { sender = "", at } }) => [sender, at]));
    checked.current = { sessions: sessions.join(), senders: new Set(moments.keys()) };
    const fresh = [...moments].filter(([sender]) => sender !== "" && !known.has(sender));
    if (sessions.length === 0 || fresh.length === 0) return;
    const find = async (): Promise<void> => {
      const senders = await Promise.all(
        sessions.flatMap((session) => fresh.map(([, at]) => senderOf(session, at))),
      );
      const found = fresh.map(([sender]) => sender).filter((sender) => senders.includes(sender));
      if (found.length > 0) setOwn((before) => new Set([...before, ...found].slice(-MAX_SENDERS)));
    };
    void find();
  }, [tail]);
  return own;
}
