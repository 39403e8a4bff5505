import type { ClientOptions, Consent, Metrics } from "../contract/metrics.ts";
import { DECIDE_AFTER_MS } from "../base/limits.ts";
import type { Catalog } from "@rumkit/protocol";
import { wireDetails } from "./wireDetails.ts";
import { createRecorder } from "./createRecorder.ts";
import type { Hooks, Source, SourceContext } from "../contract/source.ts";
import { rootTimer } from "../base/rootTimer.ts";

/**
 * Creates the client of a page with the given sources. Sources that are not imported add no bytes.
 *
 * Never throws. On a server (without `document`), returns a client that does nothing.
 *
 * @example
 * const metrics = createMetricsWith<typeof catalog>([pageViews(), vitals()], { release: "1.4.2" });
 */
export const createMetricsWith = <C extends Catalog = Catalog>(
  sources: readonly Source[],
  given: ClientOptions = {},
): Metrics<C> => {
  const options = { ...given, url: given.url ?? "/collect" };
  // Has no lists until `watch` runs.
  const hooks = {} as Hooks;
  const guard: SourceContext["guard"] =
    (call) =>
    (...args) => {
      try {
        return call(...args);
      } catch {
        return recorder.drop("invalid") as undefined;
      }
    };
  const [calls, recorder] = createRecorder(options, hooks, guard);
  let { consent = "granted" } = options;
  /** Set between `start()` and `stop()`; its abort removes all listeners. */
  let run: AbortController | undefined;

  const on: SourceContext["on"] = (target, type, listener) =>
    target.addEventListener(type, guard(listener as () => void), { signal: run!.signal, capture: true });

  const decide = (): void => {
    if (!hooks.events) return;
    hooks.begin?.();
    recorder.setMode(consent);
    // A denial after `stop()` still deletes what is stored.
    if (!run) recorder.setMode();
  };

  const page: SourceContext = { hooks, on, guard, options, decide, ...calls, ...recorder };

  const watch = (): void => {
    recorder.setMode("unknown");
    hooks.events = [];
    hooks.flushes = [];
    for (const source of sources) run!.signal.addEventListener("abort", guard(guard(source)(page) ?? Object));
    // On phones, `visibilitychange` is the last event; on a navigation, `pagehide` comes first. Never `unload`, which
    // keeps a page out of the back-forward cache. These listeners follow those of the sources, so events that sources
    // report on an exit are sent with it.
    on(document, "visibilitychange", flush);
    on(window, "pagehide", flush);
    // A user who clicks may leave right afterwards, so nothing may wait for a paint any longer.
    on(window, "click", decide);
    // Storage is slow, and sources take time for each event. This work therefore waits until the page's script has
    // ended, and in Chromium until the first paint. Until then events gather. `vitals` reports the paint; without
    // `vitals`, or if nothing is painted, this timer decides. Firefox gets no delay: it may stop scripts during an
    // exit, so little may be left to do then.
    rootTimer()(decide, "fetchLater" in globalThis ? DECIDE_AFTER_MS : 0);
  };

  /** Sends pending events. Any argument, such as the page's event, sends them immediately, without waiting for a retry. */
  const flush = (isLast?: unknown): void => {
    decide();
    recorder.flush(isLast);
  };

  const client: Record<string, (...args: never[]) => void> = {
    ...calls,
    setContext(attributes) {
      recorder.envelope.context = wireDetails(attributes)!;
    },
    setConsent(next: Consent) {
      consent = next;
      decide();
    },
    flush,
    start() {
      if (run || !globalThis.document) return;
      run = new AbortController();
      // Browsers prerender pages on a guess. Calls gather, and are counted once a user sees the page.
      if ((document as { prerendering?: boolean }).prerendering) on(document, "prerenderingchange", watch);
      else watch();
    },
    stop() {
      decide();
      // Sources stop first, so their last events are sent with the rest.
      run = run?.abort() as undefined;
      recorder.setMode();
    },
  };
  for (const name in client) client[name] = guard(client[name]!);
  if (options.start !== false) client["start"]!();
  return client as unknown as Metrics<C>;
};
