import { useState } from "react";

/** The state of the page in its address. */
export interface Address {
  /** The view: `overview`, `business`, … */
  view: string;
  /** Seconds of the charts, or `today`. */
  window: string;
  /** Name of the figure of the large chart; empty for the most important one. */
  chart: string;
}

const DEFAULTS: Address = { view: "overview", window: "300", chart: "" };

/** Returns what the address of the page says, and a function that changes it without a new entry in the history. */
export function useAddress(): [Address, (change: Partial<Address>) => void] {
  const [address, setAddress] = useState(readAddress);
  const change = (part: Partial<Address>): void => {
    const next = { ...address, ...part };
    setAddress(next);
    const query = new URLSearchParams(location.search);
    for (const [name, value] of Object.entries(next)) {
      if (value === DEFAULTS[name as keyof Address]) query.delete(name);
      else query.set(name, value);
    }
    const search = query.size > 0 ? `?${query}` : "";
    history.replaceState(history.state, "", `${location.pathname}${search}${location.hash}`);
  };
  return [address, change];
}

function readAddress(): Address {
  const query = new URLSearchParams(location.search);
  const entries = Object.entries(DEFAULTS).map(([name, value]) => [name, query.get(name) ?? value]);
  return Object.fromEntries(entries) as Address;
}
