"use client";

import { useEffect, useRef } from "react";

/**
 * Returns a function for an effect to call: it counts once a visit, and once more for each change of `key`, however
 * often the effect runs. A visit begins when the component mounts, and when an `<Activity>` shows it again.
 *
 * StrictMode runs effect, cleanup and effect in one go, which is one visit.
 */
export function useOnce(): (key: string, count: () => void) => void {
  const last = useRef<{ readonly key: string; readonly render: object }>(undefined);
  /** True between the cleanup of the effects and their next run. */
  const isHidden = useRef(false);
  /** Another one with each render. */
  const render = {};
  useEffect(
    () => () => {
      isHidden.current = true;
      queueMicrotask(() => {
        if (isHidden.current) last.current = undefined;
      });
    },
    [],
  );
  return (key, count) => {
    // StrictMode runs the effects of the same render again, before any microtask; a return differs in one of both.
    const isBack = isHidden.current && last.current?.render !== render;
    isHidden.current = false;
    const isCounted = !isBack && last.current?.key === key;
    last.current = { key, render };
    if (!isCounted) count();
  };
}
