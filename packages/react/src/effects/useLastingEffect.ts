"use client";

import { type DependencyList, useEffect, useRef } from "react";
import { useEarlyEffect } from "./useEarlyEffect.ts";

/**
 * Runs an early effect that ends when the component is unmounted or hidden by an `<Activity>`, but continues while a
 * `<Suspense>` above hides the component temporarily.
 *
 * React undoes layout effects in all three cases, and passive effects only in the first two. This hook therefore starts in
 * a layout effect and ends in the cleanup of a passive one. If it starts again, the previous run ends first.
 */
export function useLastingEffect(start: () => (() => void) | undefined, deps: DependencyList): void {
  const end = useRef<() => void>(undefined);
  useEarlyEffect(() => {
    end.current?.();
    end.current = start();
    // oxlint-disable-next-line react/exhaustive-deps -- The caller passes the dependencies.
  }, deps);
  useEffect(
    () => () => {
      end.current?.();
      end.current = undefined;
    },
    [],
  );
}
