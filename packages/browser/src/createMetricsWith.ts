import type { Catalog } from "@rumkit/protocol";
import { createCalls } from "./client/createCalls.ts";
import { createRecorder } from "./client/createRecorder.ts";
import { wireDetails } from "./client/wireDetails.ts";
import type { SendReason } from "./delivery/createTransport.ts";
import { onPageExit } from "./delivery/onPageExit.ts";
import type { ClientOptions, Consent, Metrics } from "./metrics.ts";
import type { Hooks, Source, SourceContext } from "./source.ts";

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
  options: ClientOptions = {},
): Metrics<C> {
  const hooks: Hooks = { events: [], flushes: [] };
  const guard: SourceContext["guard"] =
    (call) =>
    (...args) => {
      try {
        return call(...args);
      } catch {
        return recorder.drop("invalid") as undefined;
      }
    };
  const recorder = createRecorder(options, hooks, guard, decide);
  let { consent = "granted" } = options;
  /** The time from a start to its stop. */
  let run: AbortController | undefined;
  /** Not yet while the page is prerendered. */
  let isWatched = false;

  const on: SourceContext["on"] = (target, type, listener) =>
    target.addEventListener(type, guard(listener as () => void), { capture: true, signal: run!.signal });

  const [calls, place] = createCalls(options, guard, recorder.record);
  const page: SourceContext = { options, hooks, guard, on, ...recorder, ...calls, ...place };

  function watch(): void {
    isWatched = true;
    recorder.setMode("unknown");
    hooks.events = [];
    hooks.flushes = [];
    for (const source of sources) {
      const undo = guard(source)(page);
      if (undo) run!.signal.addEventListener("abort", guard(undo));
    }
    // After the sources: what they report of an exit leaves with it.
    onPageExit(on, flush);
    // The first access to storage is slow: not while the page starts. Until then events gather.
    setTimeout(decide);
  }

  function decide(): void {
    if (isWatched) recorder.setMode(consent);
  }

  function flush(reason?: SendReason): void {
    decide();
    recorder.flush(reason);
  }

  const client: Record<string, (...args: never[]) => void> = {
    ...calls,
    setContext(attributes) {
      recorder.envelope.context = wireDetails(attributes)!;
    },
    setConsent(next: Consent) {
      decide();
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
      recorder.setMode();
      isWatched = false;
      run = run?.abort() as undefined;
    },
  };
  for (const name in client) client[name] = guard(client[name]!);
  if (options.start !== false) client["start"]!();
  return client as unknown as Metrics<C>;
}
