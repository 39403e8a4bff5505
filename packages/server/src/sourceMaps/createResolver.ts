import { hash } from "node:crypto";
import type { StackFrame } from "../stack/parseStack.ts";
import type { MapFile } from "./mapFile.ts";
import type { MapTable } from "./mapTable.ts";
import {
  createResolverThread,
  type GeneratedPosition,
  type OriginalPosition,
  type ResolverBudget,
  type ResolverThread,
} from "./resolverThread.ts";
import type { MetricDescriptor } from "../metrics/descriptor.ts";
import { collectorCounterBy } from "../metrics/describeFamily.ts";

/** Maximum errors that wait. The stacks of further errors stay unresolved: a flood of errors is usually one error. */
const MAX_WAITING = 200;

/** Maximum resolved stacks in the cache, so that a flood of one error uses the thread once. */
const MAX_KNOWN = 200;

/** Maximum slow maps that are remembered. */
const MAX_SLOW = 1_000;

/**
 * Milliseconds for which a map that took too long is skipped: it may have been the machine that was busy. Until
 * then, it costs nothing.
 */
const SKIP_MS = 600_000;

interface ResolvedStack {
  readonly frames: readonly StackFrame[];
  readonly outcome: StackOutcome;
}

export interface Resolver {
  /**
   * Returns the frames with their positions in the sources, as far as maps of the release cover them. Never rejects.
   */
  resolve(release: string, frames: readonly StackFrame[]): Promise<ResolvedStack>;
  close(): Promise<void>;
}

export interface ResolverOptions {
  readonly maps: MapTable;
  /** True if the source line is added to each frame. */
  readonly context: boolean;
  readonly budget?: ResolverBudget;
  /** Milliseconds from any start that never go back; tests set it. */
  readonly now?: () => number;
}

/** Resolves stacks one after the other in a separate thread, after their errors were counted. */
export function createResolver({
  maps,
  context,
  budget,
  now = () => performance.now(),
}: ResolverOptions): Resolver {
  const thread = createResolverThread(context, budget);
  const resolveOne = createLookup({ maps, context, now }, thread);
  const known = new Map<string, ResolvedStack>();
  let knownFrom = maps.generation();
  let last: Promise<unknown> = Promise.resolve();
  let waiting = 0;

  return {
    resolve: async (release, frames) => {
      if (frames.length === 0) return { frames, outcome: "no_map" };
      if (knownFrom !== maps.generation()) known.clear();
      knownFrom = maps.generation();
      const key = hash("sha256", JSON.stringify([release, frames]));
      const stack = known.get(key);
      if (stack) return remember(known, key, stack);
      if (waiting >= MAX_WAITING) return { frames, outcome: "overflow" };
      waiting += 1;
      // The same stack may have been resolved in the meantime.
      const resolved = last.then(
        async () => known.get(key) ?? remember(known, key, await resolveOne(release, frames)),
      );
      last = resolved.catch(() => {});
      return resolved
        .catch((): ResolvedStack => ({ frames, outcome: "failed" }))
        .finally(() => {
          waiting -= 1;
        });
    },
    close: thread.close,
  };
}

/** Returns a function that looks up the frames of one stack. A map that took too long is skipped for a while. */
function createLookup(
  { maps, context, now }: Required<Pick<ResolverOptions, "maps" | "context" | "now">>,
  thread: ResolverThread,
): Resolver["resolve"] {
  /** When each is read again. */
  const slow = new Map<string, number>();
  let ids = 0;

  const isSkipped = (mark: string): boolean => {
    const isSlow = now() < (slow.get(mark) ?? -Infinity);
    if (!isSlow) slow.delete(mark);
    return isSlow;
  };

  const positionOf = (release: string, { file, line, column }: StackFrame): GeneratedPosition | undefined => {
    if (file === undefined || line === undefined || column === undefined) return undefined;
    const map = maps.find(release, file);
    return map && !isSkipped(markOf(map))
      ? { path: map.path, version: map.version, line, column }
      : undefined;
  };
  return async (release, frames) => {
    await maps.refreshFor(release);
    const positions = frames.map((frame) => positionOf(release, frame));
    if (positions.every((position) => position === undefined)) return { frames, outcome: "no_map" };
    const result = await thread.run({ id: (ids += 1), positions, context });
    if (result === "timeout") {
      const until = now() + SKIP_MS;
      for (const position of positions)
        if (position && slow.size < MAX_SLOW) slow.set(markOf(position), until);
      return { frames, outcome: "timeout" };
    }
    const isResolved = result.positions.some((position) => position !== undefined);
    return isResolved
      ? { frames: withPositions(frames, result.positions), outcome: "resolved" }
      : { frames, outcome: "failed" };
  };
}

/** Keeps the latest stacks that were resolved. */
function remember(known: Map<string, ResolvedStack>, key: string, stack: ResolvedStack): ResolvedStack {
  if (stack.outcome !== "resolved") return stack;
  known.delete(key);
  known.set(key, stack);
  const [oldest] = known.keys();
  if (known.size > MAX_KNOWN && oldest !== undefined) known.delete(oldest);
  return stack;
}

function markOf({ path, version }: Pick<MapFile, "path" | "version">): string {
  return `${path}\0${version}`;
}

/** Names of up to this many UTF-16 units are probably minified: three letters suffice for 140,000 functions. */
const MINIFIED_UNITS = 3;

function withPositions(
  frames: readonly StackFrame[],
  positions: readonly (OriginalPosition | undefined)[],
): StackFrame[] {
  return frames.map((frame, index) => {
    const position = positions[index];
    if (!position) return frame;
    const { file, line, column, context } = position;
    // A map gives the name of the token at a position. For a caller, that is the name of the function that it called.
    const name = nameOf(frame, positions[index + 1]?.name);
    return {
      kind: frame.kind,
      ...(name !== undefined && { function: name }),
      file,
      line,
      column,
      inApp: !`/${file}`.includes("/node_modules/"),
      ...(context !== undefined && { context }),
    };
  });
}

function nameOf(frame: StackFrame, calledAs: string | undefined): string | undefined {
  const isMinified = frame.function === undefined || frame.function.length <= MINIFIED_UNITS;
  return isMinified && calledAs !== undefined ? calledAs : frame.function;
}

/**
 * The outcome of a stack: it was resolved, at least in part (`resolved`); it has no map (`no_map`); its maps are
 * invalid or do not cover it (`failed`); it took too long (`timeout`); too many waited (`overflow`).
 */
type StackOutcome = "resolved" | "no_map" | "failed" | "timeout" | "overflow";

/** A record, so that a missing outcome is a compile error. */
const outcomes: Record<StackOutcome, true> = {
  resolved: true,
  no_map: true,
  failed: true,
  timeout: true,
  overflow: true,
};

/** Describes the stacks that are looked up in source maps. */
export function describeStackMetrics(): MetricDescriptor[] {
  return [
    collectorCounterBy(
      "rum_stacks_resolved_total",
      "Stacks of errors that were looked up in source maps, by outcome.",
      {
        outcome: Object.keys(outcomes),
      },
    ),
  ];
}
