import { observeEntries } from "./observeEntries.ts";
import { type AnimationFrame, partyOf } from "./scriptParty.ts";
import type { FindCauses, ViewVital, VitalCause } from "./vitals.ts";

/** Frames and events that are remembered: an interaction is reported long after it, and the slowest is wanted. */
const MAX_REMEMBERED = 50;

type InteractionEvent = PerformanceEventTiming & { readonly interactionId: number };

interface Paint extends PerformanceEntry {
  readonly element?: Element | null;
  readonly url?: string;
}

/**
 * Names what made LCP (text or image) and INP (its longest phase, and whose script ran longest in the frame),
 * and the `data-rum` name of the element. For `vitals`.
 */
export const vitalCauses: FindCauses = () => {
  const frames = remember("long-animation-frame");
  const events = remember("event") as readonly InteractionEvent[];
  return ({ name, entries }: ViewVital): VitalCause => {
    if (name === "LCP" && entries[0]) return describePaint(entries.at(-1) as Paint);
    if (name !== "INP" || !entries[0]) return {};
    // `web-vitals` gives the slowest of an interaction's events; the work may have been in another of them.
    const slowest = entries[0] as InteractionEvent;
    const all = events.filter(({ interactionId }) => interactionId === slowest.interactionId);
    return describeInteraction(slowest, all.length > 0 ? all : [slowest], frames);
  };
};

/** The last entries of the type, as they come. */
function remember(type: string): readonly PerformanceEntry[] {
  const entries: PerformanceEntry[] = [];
  observeEntries(type, (entry: PerformanceEntry) => {
    entries.push(entry);
    if (entries.length > MAX_REMEMBERED) entries.shift();
  });
  return entries;
}

function describePaint({ url, element }: Paint): VitalCause {
  return { part: url ? "image" : "text", ...named(element) };
}

/** The phases of an interaction, in order. */
const PHASES = ["input_delay", "processing", "presentation"] as const;

/** The events of one interaction (pointerdown, click) are worked through from the first's start to the last's end. */
function describeInteraction(
  { startTime, duration, target }: InteractionEvent,
  events: readonly InteractionEvent[],
  frames: readonly AnimationFrame[],
): VitalCause {
  const processingStart = Math.min(...events.map((event) => event.processingStart));
  const processingEnd = Math.max(...events.map((event) => event.processingEnd));
  const end = startTime + duration;
  const phases = [processingStart - startTime, processingEnd - processingStart, end - processingEnd];
  const part = PHASES[phases.indexOf(Math.max(...phases))]!;
  const frame = frames.find((one) => one.startTime < end && one.startTime + one.duration > startTime);
  const party = frame && partyOf(frame);
  return { part, ...(party && { party }), ...named(target) };
}

function named(node: Node | null | undefined): { element?: string } {
  const element = (node as Element | null)?.closest?.("[data-rum]")?.getAttribute("data-rum");
  return element ? { element } : {};
}
