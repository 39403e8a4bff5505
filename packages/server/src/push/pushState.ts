import type { DocumentChange } from "../journal/keptDocuments.ts";
import type { KeptState } from "../journal/keptState.ts";
import { packPoints, unpackPoints } from "./packedPoints.ts";
import type { PushedSeries } from "./pushedSeries.ts";
import type { Snapshot } from "./snapshots.ts";

const SECTION = "push.state";

/** Milliseconds between two writes at least: a busy page has a new series with each push. */
const WRITE_MS = 15_000;

/** The series that a receiver believes to be live, kept for the next process. */
export interface PushState {
  readonly before: ReadonlyMap<string, PushedSeries>;
  /** The last snapshot of the process before, in milliseconds since 1970; undefined if there was none. */
  readonly lastAt: number | undefined;
  /** The start of the first process whose values the journal may have. */
  readonly keptSince: number;
  /** Keeps the series of a snapshot, if they have changed. */
  keep(snapshot: Snapshot, live: ReadonlyMap<string, PushedSeries>): Promise<void>;
}

interface Meta {
  readonly at: number;
  readonly since: number;
}

export function createPushState(state: KeptState, startedAt: number): PushState {
  const [before, meta] = readState(state);
  const since = meta?.since ?? startedAt;
  let isDirty = false;
  let writtenAt = 0;
  return {
    before,
    lastAt: meta?.at,
    keptSince: since,
    keep: async ({ at, isChanged }, live) => {
      isDirty ||= isChanged;
      const isLast = live.size === 0;
      if (!isLast && (!isDirty || Math.abs(at - writtenAt) < WRITE_MS)) return;
      isDirty = false;
      writtenAt = at;
      const points = [...live.values()].map((series) => ({ series, samples: [] }));
      const { text } = await packPoints(points);
      const changes: DocumentChange[] = [
        { section: SECTION, key: "live", text: isLast ? undefined : JSON.stringify(text) },
        { section: SECTION, key: "meta", text: JSON.stringify({ at, since } satisfies Meta) },
      ];
      await state.write(changes);
    },
  };
}

function readState(state: KeptState): [ReadonlyMap<string, PushedSeries>, Meta | undefined] {
  const found = new Map(state.read<unknown>(SECTION, "anything"));
  const live = found.get("live");
  const points = typeof live === "string" ? (unpackPoints(live) ?? []) : [];
  const meta = found.get("meta") as Partial<Meta> | undefined;
  const isSound = Number.isFinite(meta?.at) && Number.isFinite(meta?.since);
  return [new Map(points.map(({ series }) => [series.id, series])), isSound ? (meta as Meta) : undefined];
}
