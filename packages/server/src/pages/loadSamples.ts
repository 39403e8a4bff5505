import type { HeapEvent, LongTaskEvent, PageLoadEvent } from "@rumkit/protocol";
import { phaseLabels } from "./loads.ts";
import { LOAD_PHASES, NONE } from "../metrics/labelValues.ts";
import type { Sample } from "../metrics/sample.ts";
import type { Occurrence } from "../vocabulary/countedEvent.ts";

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
