import { useEffect, useRef, useState } from "react";

/**
 * Returns the newest answer of `load`, which is called now, every `everyMs` while the tab is visible, and when `key`
 * changes. An answer stays until the next one. Nothing is loaded while `key` is undefined.
 */
export function usePolled<Answer>(
  load: () => Promise<Answer | undefined>,
  everyMs: number,
  key: string | undefined,
): Answer | undefined {
  const [answer, setAnswer] = useState<{ key: string; value: Answer }>();
  // The function of the last render: it reads only what the key names.
  const latest = useRef(load);
  useEffect(() => {
    latest.current = load;
  });
  useEffect(() => {
    if (key === undefined) return;
    let isWanted = true;
    const poll = async (): Promise<void> => {
      if (document.hidden) return;
      const value = await latest.current();
      if (isWanted && value !== undefined) setAnswer({ key, value });
    };
    void poll();
    const timer = setInterval(() => void poll(), everyMs);
    const onVisible = (): void => void poll();
    document.addEventListener("visibilitychange", onVisible);
    return () => {
      isWanted = false;
      clearInterval(timer);
      document.removeEventListener("visibilitychange", onVisible);
    };
  }, [key, everyMs]);
  return answer?.key === key ? answer?.value : undefined;
}
