import { useEffect, useState } from "react";

/** Milliseconds between renders. Ages have whole seconds, and two renders per second are never a second late. */
const TICK = 500;

/** Returns the time in ms since 1970. Renders its component twice per second while the tab is visible. */
export function useNow(): number {
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
  return now;
}
