import { type RefObject, useEffect, useRef, useState } from "react";

interface PollOptions {
  /** Asks at once when it changes, also in a hidden tab. The answer stays meanwhile. Default never. */
  readonly revision?: string | undefined;
}

/**
 * Returns the newest answer of `load`, which is called now, every `everyMs` while the tab is visible, and when `key`
 * changes. An answer stays until the next one. Nothing is loaded while `key` is undefined.
 */
export function usePolled<Answer>(
  load: () => Promise<Answer | undefined>,
  everyMs: number,
  key: string | undefined,
  { revision }: PollOptions = {},
): Answer | undefined {
  const { answer, ask } = useAsking(load, key);
  useTimer(ask, everyMs, key);
  const known = useRef({ key, revision });
  useEffect(() => {
    const before = known.current;
    known.current = { key, revision };
    // A new key was asked for above.
    if (before.key === key && before.revision !== revision) void ask.current?.();
  }, [ask, key, revision]);
  return answer?.key === key ? answer?.value : undefined;
}

/** Asks for the answer to the key. Without a key it is undefined. */
type Ask = RefObject<(() => Promise<void>) | undefined>;

/** Asks for each new key in a visible tab. */
function useAsking<Answer>(load: () => Promise<Answer | undefined>, key: string | undefined) {
  const [answer, setAnswer] = useState<{ key: string; value: Answer }>();
  // The function of the last render: it reads only what the key names.
  const latest = useRef(load);
  useEffect(() => {
    latest.current = load;
  });
  const ask: Ask = useRef(undefined);
  useEffect(() => {
    if (key === undefined) return;
    let asked = 0;
    let shown = 0;
    ask.current = async () => {
      asked += 1;
      const turn = asked;
      const value = await latest.current();
      // An answer that took longer than the one after it is older.
      if (turn < shown || value === undefined) return;
      shown = turn;
      setAnswer({ key, value });
    };
    pollIfVisible(ask.current);
    return () => {
      shown = Number.POSITIVE_INFINITY;
      ask.current = undefined;
    };
  }, [key]);
  return { answer, ask };
}

/** Asks again every `everyMs` while the tab is visible, and when it becomes visible. */
function useTimer(ask: Ask, everyMs: number, key: string | undefined): void {
  useEffect(() => {
    if (key === undefined) return;
    const poll = (): void => pollIfVisible(ask.current);
    const timer = setInterval(poll, everyMs);
    document.addEventListener("visibilitychange", poll);
    return () => {
      clearInterval(timer);
      document.removeEventListener("visibilitychange", poll);
    };
  }, [ask, key, everyMs]);
}

function pollIfVisible(ask: (() => Promise<void>) | undefined): void {
  if (!document.hidden) void ask?.();
}
