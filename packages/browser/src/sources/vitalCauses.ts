import { observeEntries } from "./observeEntries.ts";
import { type AnimationFrame, partyOf } from "./scriptParty.ts";
import type { FindCauses, ViewVital, VitalCause } from "./vitals.ts";
import { MAX_REMEMBERED_ENTRIES } from "../base/limits.ts";

/** Returns a list that always contains the latest entries of the type. */
const remember = (type: string): readonly unknown[] => {
  const entries: unknown[] = [];
  observeEntries(type, (entry) => {
    entries.push(entry);
    if (entries.length > MAX_REMEMBERED_ENTRIES) entries.shift();
  });
  return entries;
};

/** Returns the name of the closest named element, or undefined, which JSON omits. */
const nameOf = (node: Node | null | undefined): string =>
  ((node as Element | null)?.closest?.("[data-rum]")?.getAttribute("data-rum") || undefined)!;

/** An entry of `largest-contentful-paint`, or of an interaction. */
type Entry = PerformanceEventTiming & {
  readonly interactionId: number;
  readonly element?: Element | null;
  readonly url?: string;
};

/** Phases of an interaction, in order. */
const PHASES = ["input_delay", "processing", "presentation"] as const;

/**
 * Finds the causes of LCP (text or image) and INP (its longest phase, and the party of the script that ran longest in
 * the frame), and the `data-rum` name of the element. For `vitals`.
 */
export const vitalCauses: FindCauses = () => {
  const frames = remember("long-animation-frame") as readonly AnimationFrame[];
  const events = remember("event") as readonly Entry[];
  return ({ name, entries }: ViewVital): VitalCause => {
    const entry = entries.at(-1) as Entry | undefined;
    if (!entry) return {};
    const { startTime, duration, target, interactionId, element, url } = entry;
    if (name === "LCP") return { part: url ? "image" : "text", element: nameOf(element) };
    if (name !== "INP") return {};
    // `entry` is the slowest event of the interaction, but the work may be in another (pointerdown, click). Processing
    // lasts from the first event's start to the last event's end.
    const all = [entry, ...events.filter((event) => event.interactionId === interactionId)];
    const processingStart = Math.min(...all.map((event) => event.processingStart));
    const processingEnd = Math.max(...all.map((event) => event.processingEnd));
    const end = startTime + duration;
    const phases = [processingStart - startTime, processingEnd - processingStart, end - processingEnd];
    const frame = frames.find((one) => one.startTime < end && one.startTime + one.duration > startTime);
    return {
      part: PHASES[phases.indexOf(Math.max(...phases))]!,
      party: (frame && partyOf(frame))!,
      element: nameOf(target),
    };
  };
};
