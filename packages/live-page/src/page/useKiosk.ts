import { useEffect, useState } from "react";

/** The choice of a viewer for a wall display. */
interface KioskChoice {
  /** Seconds after which the next view is shown; 0 for never. */
  readonly rotateSeconds: number;
  /** Names of the figures on its cards, at most `MOST_CARDS`; empty for those of the overview. */
  readonly cards: readonly string[];
}

/** A wall display, from the page's address: `?kiosk`, `?kiosk=10` (seconds of each view), `&cards=errors,lcp_p75`. */
export interface Kiosk extends KioskChoice {
  readonly isOn: boolean;
  readonly start: (choice: KioskChoice) => void;
  readonly toggle: () => void;
}

/** Cards of a wall display: more would be too small to be read from three meters. */
export const MOST_CARDS = 9;

/** Seconds between two views at least: people have to find what they look for. */
const SHORTEST_ROTATION = 5;

/** Keeps the screen awake while the page is a wall display. */
export function useKiosk(): Kiosk {
  const [search, setSearch] = useState(() => location.search);
  const query = new URLSearchParams(search);
  const given = query.get("kiosk");
  const isOn = given !== null;
  useWakeLock(isOn);
  const go = (change: (query: URLSearchParams) => void): void => {
    // From the address, which has the view and the window of the charts, too.
    const next = new URLSearchParams(location.search);
    change(next);
    // "?kiosk" instead of "?kiosk=", and commas that people can read.
    const text = next
      .toString()
      .replace(/\bkiosk=(?=&|$)/, "kiosk")
      .replaceAll("%2C", ",");
    history.replaceState(history.state, "", `${location.pathname}${text && `?${text}`}${location.hash}`);
    setSearch(location.search);
  };
  return {
    isOn,
    rotateSeconds: given ? Math.max(SHORTEST_ROTATION, Math.floor(Number(given)) || 0) : 0,
    cards: isOn ? (query.get("cards") ?? "").split(",").filter(Boolean).slice(0, MOST_CARDS) : [],
    start: ({ rotateSeconds, cards }) =>
      go((next) => {
        next.set("kiosk", rotateSeconds > 0 ? String(rotateSeconds) : "");
        if (cards.length > 0) next.set("cards", cards.join());
        else next.delete("cards");
      }),
    toggle: () =>
      go((next) => {
        if (isOn) next.delete("kiosk");
        else next.set("kiosk", "");
      }),
  };
}

function useWakeLock(isOn: boolean): void {
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
}
