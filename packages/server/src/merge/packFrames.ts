import type { MergeFrame, SeenMoments } from "./frame.ts";

/** Everything that one frame says, before it is divided into messages. */
export type FrameContent = Omit<MergeFrame, FrameHead | "completes">;

type FrameHead = "v" | "source" | "name" | "epoch" | "number" | "at";

/** A part of a frame, without the fields that identify it. */
export type FramePart = Omit<MergeFrame, FrameHead>;

/**
 * Characters of a part: engines allow messages of a megabyte by default, and a text has up to three bytes for each
 * character.
 */
const MAX_CHARACTERS = 200_000;

/** Divides a frame into parts of bounded size. At least one: an empty frame says that the aggregator runs. */
export function packFrame({ gauges, isLast, begins, seen, totals, ...counts }: FrameContent): FramePart[] {
  return [
    // In this order they count: series end between their last counts and their next ones.
    ...divide(counts.last).map((last) => ({ last })),
    ...divide(counts.ended).map((ended) => ({ ended })),
    ...divide(counts.series).map((series) => ({ series })),
    ...markTotals(divide(totals), begins),
    ...divideSeen(seen),
    ...(gauges || isLast ? [{ gauges, ...(isLast && { isLast }) }] : []),
  ].reduce(joinSmall, []);
}

/** Marks the first part and the last one. Without any total there is one part that says so. */
function markTotals(
  parts: readonly NonNullable<MergeFrame["totals"]>[],
  begins: MergeFrame["begins"],
): FramePart[] {
  if (begins === undefined) return [];
  const all = parts.length === 0 ? [[]] : parts;
  return all.map((totals, index) => ({
    totals,
    ...(index === 0 && { begins }),
    ...(index === all.length - 1 && { completes: true }),
  }));
}

/** Each part has some moments; the first one has all the rest. */
function divideSeen(seen: SeenMoments | undefined): FramePart[] {
  if (!seen) return [];
  const nothing = { skipped: {}, skippedErrors: 0, vitals: [], releases: [] };
  const [first = [], ...others] = divide(seen.moments);
  return [
    { seen: { ...seen, moments: first } },
    ...others.map((moments) => ({ seen: { ...nothing, moments } })),
  ];
}

/** Divides a list into lists of bounded size. Each element stays whole. */
function divide<T>(elements: readonly T[] = []): T[][] {
  const lists: T[][] = [];
  let room = 0;
  for (const element of elements) {
    const length = JSON.stringify(element).length;
    if (lists.length === 0 || length > room) {
      lists.push([]);
      room = MAX_CHARACTERS;
    }
    room -= length;
    lists.at(-1)!.push(element);
  }
  return lists;
}

/** Joins a part to the one before if they have different fields and are small together: most frames are one message. */
function joinSmall(joined: FramePart[], part: FramePart): FramePart[] {
  const before = joined.at(-1);
  const canJoin =
    before &&
    // Readers compare totals with what they have counted: counts come first, in an earlier message.
    !part.totals &&
    !Object.keys(part).some((field) => field in before) &&
    JSON.stringify(before).length + JSON.stringify(part).length <= MAX_CHARACTERS;
  return canJoin ? [...joined.slice(0, -1), { ...before, ...part }] : [...joined, part];
}
