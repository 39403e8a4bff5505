import { useEffect, useState } from "react";
import { type Filter, NO_FILTER, readFilter, writeFilter } from "../filter/filter.ts";

/** The state of the page in its address. */
export interface Address {
  /** The view: `overview`, `business`, … */
  view: string;
  /** Seconds of the charts, or `today`. */
  window: string;
  /** Name of the figure of the large chart; empty for the most important one. */
  chart: string;
  /** The type of the events of the view Events; empty for all. */
  types: string;
  filter: Filter;
}

const DEFAULTS = { view: "overview", window: "300", chart: "", types: "" };

/**
 * Returns what the address of the page says, and a function that changes it. Each change is an entry of the history, so
 * the browser's back button takes it back.
 */
export function useAddress(): [Address, (change: Partial<Address>) => void] {
  const [address, setAddress] = useState(readAddress);
  useEffect(() => {
    const onBack = (): void => setAddress(readAddress());
    addEventListener("popstate", onBack);
    return () => removeEventListener("popstate", onBack);
  }, []);
  const change = (part: Partial<Address>): void => {
    const next = { ...address, ...part };
    setAddress(next);
    const query = new URLSearchParams(location.search);
    for (const [name, value] of Object.entries(DEFAULTS)) {
      const chosen = next[name as keyof typeof DEFAULTS];
      if (chosen === value) query.delete(name);
      else query.set(name, chosen);
    }
    writeFilter(query, next.filter);
    const search = query.size > 0 ? `?${query}` : "";
    if (search !== location.search) history.pushState(null, "", location.pathname + search + location.hash);
  };
  return [address, change];
}

function readAddress(): Address {
  const query = new URLSearchParams(location.search);
  const entries = Object.entries(DEFAULTS).map(([name, value]) => [name, query.get(name) ?? value]);
  const filter = readFilter(query);
  return {
    ...(Object.fromEntries(entries) as typeof DEFAULTS),
    filter: filter.size === 0 ? NO_FILTER : filter,
  };
}
