import { useSyncExternalStore } from "react";

const query = () => matchMedia("(prefers-color-scheme: dark)");

function subscribe(listener: () => void): () => void {
  const list = query();
  list.addEventListener("change", listener);
  return () => list.removeEventListener("change", listener);
}

/** Gives the colour scheme that the viewer prefers, and follows it. */
export function useColorScheme(): "dark" | "light" {
  return useSyncExternalStore(subscribe, () => (query().matches ? "dark" : "light"));
}
