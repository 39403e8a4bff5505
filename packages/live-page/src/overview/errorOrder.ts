import type { ErrorGroup, LiveBoard } from "@rumkit/protocol";

/** A group of errors, and whether only the newest release has it. */
export interface RankedError {
  readonly group: ErrorGroup;
  readonly isNew: boolean;
}

/** Returns the newest release, if an earlier one was seen: without one, each error would be new. */
export function newestRelease(board: LiveBoard | undefined): string | undefined {
  const releases = board?.releases ?? [];
  return releases.length > 1 ? releases.at(-1)?.release : undefined;
}

/** Sorts groups: those that are new in the release first, then by count. */
export function rankErrors(groups: readonly ErrorGroup[], release: string | undefined): RankedError[] {
  return groups
    .map((group) => ({ group, isNew: isNewIn(group, release) }))
    .toSorted((a, b) => Number(b.isNew) - Number(a.isNew) || b.group.count - a.group.count);
}

/** True if only this release has the error. */
function isNewIn({ releases }: ErrorGroup, release: string | undefined): boolean {
  const names = Object.keys(releases);
  return release !== undefined && names.length === 1 && names[0] === release;
}
