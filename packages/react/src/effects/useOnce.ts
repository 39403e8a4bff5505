"use client";

import { useEffect, useRef } from "react";

/**
 * Returns a function for use in an effect. It counts once per visit and once per change of `key`, however often the
 * effect runs. A visit starts when the component mounts, and when an `<Activity>` shows it again.
 *
 * StrictMode runs effect, cleanup and effect synchronously. That is one visit.
 */
export function useOnce(): (key: string, count: () => void) => void {
  const last = useRef<{ readonly key: string; readonly render: object }>(undefined);
  /** True between the cleanup of the effects and their next run. */
  const isHidden = useRef(false);
  /** Identity of the render. */
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
    // StrictMode repeats the effects of the same render before any microtask. A return has another render, or comes after
    // a microtask.
    const isBack = isHidden.current && last.current?.render !== render;
    isHidden.current = false;
    const isNew = isBack || last.current?.key !== key;
    last.current = { key, render };
    if (isNew) count();
  };
}
