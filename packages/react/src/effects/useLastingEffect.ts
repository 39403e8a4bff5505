"use client";

import { type DependencyList, useEffect, useRef } from "react";
import { useEarlyEffect } from "./useEarlyEffect.ts";

/**
 * An early effect that ends when the component is unmounted or hidden by an `<Activity>`, and goes on where a
 * `<Suspense>` above hides the component for a moment.
 *
 * React undoes layout effects in all three cases, and passive effects in the first two only. So this starts in a
 * layout effect and ends in the cleanup of a passive one. Where it starts once more, the last run ends first.
 */
export function useLastingEffect(start: () => (() => void) | undefined, deps: DependencyList): void {
  const end = useRef<() => void>(undefined);
  useEarlyEffect(() => {
    end.current?.();
    end.current = start();
    // oxlint-disable-next-line react/exhaustive-deps -- The caller's, as of every hook of this kind.
  }, deps);
  useEffect(
    () => () => {
      end.current?.();
      end.current = undefined;
    },
    [],
  );
}
