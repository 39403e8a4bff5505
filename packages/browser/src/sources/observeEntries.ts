/**
 * Calls the listener with each entry of the type, also with those of before; does nothing where the browser
 * does not know the type. Returns what ends it.
 */
export function observeEntries(type: string, listener: (entry: never) => void): () => void {
  const observer = new PerformanceObserver((list) => {
    for (const entry of list.getEntries()) listener(entry as never);
  });
  if (PerformanceObserver.supportedEntryTypes.includes(type)) observer.observe({ type, buffered: true });
  return () => observer.disconnect();
}
