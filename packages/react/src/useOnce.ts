"use client";

import { useRef } from "react";

/**
 * What an effect calls to count once a mount, and once for each change of `key`, however often the effect runs:
 * StrictMode runs it twice on the same mount.
 */
export function useOnce(): (key: string, count: () => void) => void {
  /** Survives StrictMode, and nothing else. */
  const counted = useRef<string>(undefined);
  return (key, count) => {
    if (counted.current === key) return;
    counted.current = key;
    count();
  };
}
