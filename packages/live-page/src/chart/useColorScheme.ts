import { useSyncExternalStore } from "react";

const query = () => matchMedia("(prefers-color-scheme: dark)");

function subscribe(listener: () => void): () => void {
  const list = query();
  list.addEventListener("change", listener);
  return () => list.removeEventListener("change", listener);
}

/** Returns the viewer's preferred color scheme, and follows its changes. */
export function useColorScheme(): "dark" | "light" {
  return useSyncExternalStore(subscribe, () => (query().matches ? "dark" : "light"));
}
