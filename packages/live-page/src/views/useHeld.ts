import { useState } from "react";
import type { TailEntry } from "../stream/liveState.ts";

/** The tail, or the one at the time when the pointer or the focus came. Another source is shown at once. */
export function useHeld(newest: readonly TailEntry[], source: string) {
  const [held, setHeld] = useState<{ tail: readonly TailEntry[]; source: string }>();
  const [hasPointer, setPointer] = useState(false);
  const [hasFocus, setFocus] = useState(false);
  const isHeld = hasPointer || hasFocus;
  if (isHeld && held?.source !== source) setHeld({ tail: newest, source });
  if (!isHeld && held) setHeld(undefined);
  const tail = held?.source === source ? held.tail : newest;
  const waiting = (newest[0]?.serial ?? 0) - (tail[0]?.serial ?? 0);
  const hold = {
    onPointerEnter: () => setPointer(true),
    onPointerLeave: () => setPointer(false),
    onFocus: () => setFocus(true),
    onBlur: () => setFocus(false),
  };
  return { tail, waiting, hold };
}
