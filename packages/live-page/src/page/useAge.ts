import { useEffect, useState } from "react";

/** Ages are shown in whole seconds: twice a second is never a second late. In ms. */
const TICK = 500;

/**
 * Gives the age of what happened at `getTime()`, in ms; undefined while nothing has.
 *
 * Renders its component twice a second while the tab is visible.
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
