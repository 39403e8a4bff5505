import type { ScriptParty } from "@rumkit/protocol";

/** A script of a long animation frame (Long Animation Frames API). */
interface FrameScript {
  readonly sourceURL: string;
  readonly duration: number;
}

export interface AnimationFrame extends PerformanceEntry {
  readonly scripts?: readonly FrameScript[];
}

/** Returns the party of the script that ran longest in the frame, or undefined if it is unknown. */
export const partyOf = ({ scripts = [] }: AnimationFrame): ScriptParty | undefined => {
  // oxlint-disable-next-line unicorn/no-array-sort -- Older browsers have no `toSorted`.
  const [{ sourceURL } = {} as Partial<FrameScript>] = [...scripts].sort((a, b) => b.duration - a.duration);
  if (!sourceURL) return undefined;
  if (/-extension:/.test(sourceURL)) return "extension";
  return sourceURL.indexOf(location.origin) ? "third" : "first";
};
