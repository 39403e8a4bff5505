import type { Catalog } from "@rumkit/protocol";
import { createCalls } from "./createCalls.ts";
import { createPage } from "./createPage.ts";
import { createRecorder } from "./createRecorder.ts";
import type { Metrics, MetricsOptions } from "./metrics.ts";
import { onPageExit } from "./onPageExit.ts";
import type { Source, SourceContext } from "./source.ts";

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
  given?: MetricsOptions | null,
): Metrics<C> {
  const options = given ?? {};
  const hasPage = typeof document !== "undefined";
  const recorder = createRecorder(options, hasPage);
  /** The listeners of the time from a start to its stop. */
  let run: AbortController | undefined;
  let undo: ReturnType<Source>[] = [];

  const guard: SourceContext["guard"] =
    (call) =>
    (...args) => {
      try {
        return call(...args);
      } catch {
        recorder.drop("invalid");
        return undefined;
      }
    };

  const on: SourceContext["on"] = (target, type, listener, capture = false) => {
    const signal = run!.signal;
    target.addEventListener(type, guard(listener as (event: unknown) => void), { capture, signal });
  };
  const page = createPage(options, recorder, { guard, on });

  function watch(): void {
    recorder.open();
    onPageExit(on, recorder.flush);
    undo = sources.map((source) => guard(source)(page));
  }

  function start(): void {
    if (!hasPage || run) return;
    run = new AbortController();
    // A prerendered page is a guess of the browser. Calls gather, and count if a user comes to see it.
    if ((document as { prerendering?: boolean }).prerendering) on(document, "prerenderingchange", watch);
    else watch();
  }

  function stop(): void {
    recorder.close();
    run?.abort();
    run = undefined;
    for (const step of undo) if (step) guard(step)();
  }

  if (options.start !== false) guard(start)();
  const flush = () => recorder.flush("manual");
  const calls = { ...createCalls(page), flush, start, stop } as unknown as Record<string, () => void>;
  const guarded = Object.entries(calls).map(([name, call]) => [name, guard(call)]);
  return Object.fromEntries(guarded) as Metrics<C>;
}
