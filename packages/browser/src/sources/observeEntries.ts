import type { Source, SourceContext } from "../contract/source.ts";

/** The document's entry, if the browser has it. `activationStart`: milliseconds until a prerendered page was shown. */
type NavigationEntry = PerformanceNavigationTiming & { readonly activationStart?: number };

/** Returns the first entry of a type so far. */
export const firstEntry = (type: "navigation" | "paint"): NavigationEntry | undefined =>
  performance.getEntriesByType(type)[0] as NavigationEntry | undefined;

/**
 * Calls the listener with each entry of the type, including buffered ones. Does nothing if the browser does not support
 * the type. Returns the observer. `durationThreshold` in milliseconds is for the type `event`; the browser's default is 104.
 */
export const observeEntries = (
  type: string,
  listener: (entry: never) => void,
  durationThreshold?: number,
): PerformanceObserver => {
  const observer = new PerformanceObserver((list) => {
    list.getEntries().forEach(listener as never);
  });
  if (PerformanceObserver.supportedEntryTypes.includes(type))
    observer.observe({ type, buffered: true, durationThreshold: durationThreshold! });
  return observer;
};

/** Creates a source that reports entries of the type. A new start after a stop ignores entries that began earlier. */
export const entrySource = (
  findType: () => string,
  report: (page: SourceContext, entry: never) => void,
): Source => {
  let from = 0;
  return (page) => {
    const see = page.guard((entry: PerformanceEntry) => {
      if (entry.startTime >= from) report(page, entry as never);
    });
    const observer = observeEntries(findType(), see);
    // Reports buffered entries immediately, because the page may be leaving.
    observer.takeRecords().forEach(see);
    return () => {
      observer.disconnect();
      from = performance.now();
    };
  };
};
