import { useEffect, useState } from "react";

/** Milliseconds between renders. Ages have whole seconds, and two renders per second are never a second late. */
const TICK = 500;

/**
 * Returns the time since `getTime()`, in ms, or undefined if that is undefined.
 *
 * Renders its component twice per second while the tab is visible.
 */
export function useAge(getTime: () => number | undefined): number | undefined {
  const [now, setNow] = useState(() => Date.now());
  useEffect(() => {
    const tick = () => {
      if (!document.hidden) setNow(Date.now());
    };
    const timer = setInterval(tick, TICK);
    document.addEventListener("visibilitychange", tick);
    return () => {
      clearInterval(timer);
      document.removeEventListener("visibilitychange", tick);
    };
  }, []);
  const time = getTime();
  return time === undefined ? undefined : Math.max(0, now - time);
}
