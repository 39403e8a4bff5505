import { useEffect, useState } from "react";

/** Settings of a wall display, from the page's address: `?kiosk`, `?kiosk=10` (seconds of each view). */
export interface Kiosk {
  readonly isOn: boolean;
  /** Seconds after which the next view is shown; 0 for never. */
  readonly rotateSeconds: number;
  readonly toggle: () => void;
}

/** Seconds between two views at least: people have to find what they look for. */
const SHORTEST_ROTATION = 5;

/** Keeps the screen awake while the page is a wall display. */
export function useKiosk(): Kiosk {
  const [given, setGiven] = useState(() => new URLSearchParams(location.search).get("kiosk"));
  const isOn = given !== null;
  useEffect(() => {
    if (!isOn) return;
    let lock: WakeLockSentinel | undefined;
    // Browsers release the lock of a hidden page, and refuse it where power is low.
    const request = async (): Promise<void> => {
      if (!document.hidden) lock = await navigator.wakeLock?.request("screen").catch(() => undefined);
    };
    const onVisible = (): void => void request();
    void request();
    document.addEventListener("visibilitychange", onVisible);
    return () => {
      document.removeEventListener("visibilitychange", onVisible);
      void lock?.release();
    };
  }, [isOn]);
  return {
    isOn,
    rotateSeconds: given ? Math.max(SHORTEST_ROTATION, Math.floor(Number(given)) || 0) : 0,
    toggle: () => {
      const query = new URLSearchParams(location.search);
      if (isOn) query.delete("kiosk");
      else query.set("kiosk", "");
      const search = query
        .toString()
        .replace("kiosk=&", "kiosk&")
        .replace(/kiosk=$/, "kiosk");
      history.replaceState(
        history.state,
        "",
        `${location.pathname}${search && `?${search}`}${location.hash}`,
      );
      setGiven(isOn ? null : "");
    },
  };
}
