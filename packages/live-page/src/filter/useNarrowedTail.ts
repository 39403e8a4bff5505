import type { LiveFrame } from "@rumkit/protocol";
import { useEffect, useMemo, useRef, useState } from "react";
import type { LiveApi } from "../stream/liveApi.ts";
import { appendTail, type TailEntry } from "../stream/liveState.ts";
import { type Filter, narrowEvents, writeFilter } from "./filter.ts";

interface FollowedTail {
  /** The filter that the events passed. */
  readonly query: string;
  readonly tail: readonly TailEntry[];
  readonly nextSerial: number;
}

export interface NarrowedTail {
  /** Newest first. */
  readonly tail: readonly TailEntry[];
  /** Changes when the serials begin anew. */
  readonly source: string;
}

/**
 * Narrows the last events to the filter. Among the last events of a busy app a rare value is seldom, so the collector
 * sends those that pass in a second stream; until it has answered, and if it has no place for one, the page narrows the
 * events that it has.
 */
export function useNarrowedTail(
  tail: readonly TailEntry[],
  filter: Filter,
  follow: LiveApi["follow"],
  isPaused: boolean,
): NarrowedTail {
  const query = queryOf(filter);
  const followed = useFollowed(query, follow, isPaused);
  const narrowed = useMemo(() => narrowEvents(tail, filter), [tail, filter]);
  if (query !== "" && followed?.query === query) return { tail: followed.tail, source: `followed ${query}` };
  return { tail: narrowed, source: query };
}

function queryOf(filter: Filter): string {
  const query = new URLSearchParams();
  writeFilter(query, filter);
  return String(query);
}

/** The events of a stream with the filter: undefined before its first frame. */
function useFollowed(query: string, follow: LiveApi["follow"], isPaused: boolean): FollowedTail | undefined {
  const [shown, setShown] = useState<FollowedTail>();
  const newest = useRef<FollowedTail>(undefined);
  const paused = useRef(isPaused);
  useEffect(() => {
    paused.current = isPaused;
    if (!isPaused) setShown(newest.current);
  }, [isPaused]);
  useEffect(() => {
    if (query === "") return;
    const onFrame = (frame: LiveFrame): void => {
      const before = newest.current;
      newest.current = appendFrame(before?.query === query ? before : { query, ...EMPTY }, frame);
      if (!paused.current && newest.current !== before) setShown(newest.current);
    };
    let stop = follow(query, onFrame);
    // An open stream would keep the page out of the back/forward cache.
    const leave = (): void => stop();
    const comeBack = (event: PageTransitionEvent): void => {
      if (event.persisted) stop = follow(query, onFrame);
    };
    addEventListener("pagehide", leave);
    addEventListener("pageshow", comeBack);
    return () => {
      removeEventListener("pagehide", leave);
      removeEventListener("pageshow", comeBack);
      stop();
    };
  }, [query, follow]);
  return shown;
}

const EMPTY = { tail: [], nextSerial: 0 };

/** A snapshot has the last events, so it replaces those that are known. */
function appendFrame(known: FollowedTail, { kind, tail }: LiveFrame): FollowedTail {
  if (kind === "delta" && tail.length === 0) return known;
  return {
    query: known.query,
    tail: appendTail(kind === "snapshot" ? { ...known, tail: [] } : known, tail),
    nextSerial: known.nextSerial + tail.length,
  };
}
