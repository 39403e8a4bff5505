import type { MetricDescriptor } from "../metrics/descriptor.ts";
import { LOAD_PHASES, NONE, PARTIES } from "../metrics/labelValues.ts";
import { pageHistogram } from "../metrics/describeFamily.ts";
import type { HeapEvent, LongTaskEvent, PageLoadEvent } from "@rumkit/protocol";
import type { Sample } from "../metrics/sample.ts";
import type { Occurrence } from "../vocabulary/countedEvent.ts";

/** Seconds: from the look-up of a name to a page that no user waits for. */
const LOAD_BUCKETS = [0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 20];

/** Powers of four, from an empty document to one of 16 MiB. */
const DOCUMENT_BUCKETS = [4, 5, 6, 7, 8, 9, 10, 11, 12].map((power) => 4 ** power);

/**
 * Seconds, from the 50 ms at which a task counts as long (W3C Long Tasks API): the first bucket stays empty, so that
 * quantiles are never estimated below 50 ms.
 */
const LONG_TASK_BUCKETS = [0.05, 0.075, 0.1, 0.15, 0.2, 0.3, 0.5, 1, 2, 5, 10];

/** Powers of two, from 4 MiB to the 4 GiB that V8's compressed pointers can address. */
const HEAP_BUCKETS = [22, 23, 24, 25, 26, 27, 28, 29, 30, 31, 32].map((power) => 2 ** power);

/** Phases of the network. They have no label `route`, because they do not depend on the page. */
const NETWORK_PHASES: readonly string[] = ["dns", "connect"];

/** Describes the metrics of a document's cost: its load, its long tasks, its memory. */
export function describeLoadMetrics(routes: readonly string[]): MetricDescriptor[] {
  const documentSize = { unit: "bytes", buckets: DOCUMENT_BUCKETS } as const;
  const longTask = { unit: "seconds", buckets: LONG_TASK_BUCKETS } as const;
  return [
    describePhases(routes),
    pageHistogram(
      "rum_page_load_bytes",
      "Bytes that were transferred for a document, with headers.",
      documentSize,
      {
        route: routes,
      },
    ),
    pageHistogram("rum_long_task_seconds", "Tasks that kept a page from answering.", longTask, {
      party: [...PARTIES, NONE],
    }),
    pageHistogram("rum_js_heap_bytes", "JavaScript heap in use when a page was hidden.", {
      unit: "bytes",
      buckets: HEAP_BUCKETS,
    }),
  ];
}

function describePhases(routes: readonly string[]): MetricDescriptor {
  const values = { route: routes, phase: LOAD_PHASES };
  const family = pageHistogram(
    "rum_page_load_seconds",
    "Phases of a document's load; those of the network have no route.",
    { unit: "seconds", buckets: LOAD_BUCKETS },
    values,
  );
  const ofNetwork = NETWORK_PHASES.length;
  return { ...family, maxSeries: ofNetwork + routes.length * (LOAD_PHASES.length - ofNetwork) };
}

/** Returns the labels of a phase of a document's load. */
function phaseLabels(route: string, phase: string): { route?: string; phase: string } {
  return NETWORK_PHASES.includes(phase) ? { phase } : { route, phase };
}

/** Observes each phase that happened, and the document's bytes. */
export function observePageLoad(event: PageLoadEvent, { route, times }: Occurrence): Sample[] {
  const phases = LOAD_PHASES.flatMap((phase): Sample[] => {
    const value = event[phase];
    const labels = phaseLabels(route, phase);
    return value === undefined ? [] : [{ metric: "rum_page_load_seconds", labels, value, times }];
  });
  if (event.bytes === undefined) return phases;
  return [...phases, { metric: "rum_page_load_bytes", labels: { route }, value: event.bytes, times }];
}

/** Observes the duration of a long task, by the party of its script. */
export function observeLongTask({ value, party }: LongTaskEvent, { times }: Occurrence): Sample[] {
  return [{ metric: "rum_long_task_seconds", labels: { party: party ?? NONE }, value, times }];
}

/** Observes the heap of a page. */
export function observeHeap({ value }: HeapEvent, { times }: Occurrence): Sample[] {
  return [{ metric: "rum_js_heap_bytes", labels: {}, value, times }];
}
