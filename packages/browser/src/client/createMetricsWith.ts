import type { ClientOptions, Consent, Metrics } from "../contract/metrics.ts";
import type { Hooks, Source, SourceContext } from "../contract/source.ts";
import type { Catalog } from "@rumkit/protocol";
import { wireDetails } from "./wireDetails.ts";
import { DECIDE_AFTER_MS } from "../base/limits.ts";
import { createRecorder } from "./createRecorder.ts";
import { rootTimer } from "../base/rootTimer.ts";

/**
 * Creates the client of a page with the given sources; those that are not imported cost nothing.
 *
 * Never throws. On a server (no `document`) it creates a client that does nothing.
 *
 * @example
 * const metrics = createMetricsWith<typeof catalog>([pageViews(), vitals()], { release: "1.4.2" });
 */
export function createMetricsWith<C extends Catalog = Catalog>(
  sources: readonly Source[],
  given: ClientOptions = {},
): Metrics<C> {
  const { url = "/collect" } = given;
  const options = { ...given, url };
  // Without lists until the page is watched.
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
  /** The time from a start to its stop. */
  let run: AbortController | undefined;

  const on: SourceContext["on"] = (target, type, listener) =>
    target.addEventListener(type, guard(listener as () => void), { signal: run!.signal, capture: true });

  const decide = (): void => {
    if (!run || !hooks.events) return;
    hooks.begin?.();
    recorder.setMode(consent);
  };

  const page: SourceContext = { hooks, on, guard, options, decide, ...calls, ...recorder };

  const watch = (): void => {
    recorder.setMode("unknown");
    hooks.events = [];
    hooks.flushes = [];
    for (const source of sources) run!.signal.addEventListener("abort", guard(guard(source)(page) ?? Object));
    // Hidden is the last event that phones give; pagehide comes first on a navigation. Never `unload` or
    // `beforeunload`: they keep a page out of the back-forward cache. After the sources: what they report of an
    // exit leaves with it.
    on(document, "visibilitychange", flush);
    on(window, "pagehide", flush);
    // Access to storage is slow, and so is what sources do with events: not in the page's script, and in Chromium not
    // before the first paint. Until then events gather. `vitals` sees the paint; without it, and where nothing is painted,
    // the page has so much time. Not in Firefox, which may end the script of an exit: little may wait for it there.
    rootTimer()(decide, "fetchLater" in globalThis ? DECIDE_AFTER_MS : 0);
  };

  /** Sends what waits: with anything given, as of an event of the page, at once. */
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
      // A prerendered page is a guess of the browser. Calls gather, and count if a user comes to see it.
      if ((document as { prerendering?: boolean }).prerendering) on(document, "prerenderingchange", watch);
      else watch();
    },
    stop() {
      decide();
      // First: what the sources still know leaves with the rest.
      run = run?.abort() as undefined;
      recorder.setMode();
    },
  };
  for (const name in client) client[name] = guard(client[name]!);
  if (options.start !== false) client["start"]!();
  return client as unknown as Metrics<C>;
}
