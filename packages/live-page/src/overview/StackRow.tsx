import type { LiveFigure } from "@rumkit/protocol";
import type { ReactNode } from "react";
import { renderFigure } from "../numbers/format.ts";

interface StackRowProps {
  name: ReactNode;
  number: ReactNode;
  figure: LiveFigure;
  used: number;
  /** The whole of which `used` is a part; null while it is not known, undefined for a value without a whole. */
  whole: number | null | undefined;
  /** The longest bar without a whole. */
  top: number;
}

/** A row with a bar: the part that is used, stacked with the rest of the whole. */
export function StackRow({ name, number, figure, used, whole, top }: StackRowProps) {
  const full = whole ?? top;
  const share = full > 0 ? Math.min(1, used / full) : 0;
  const rest = whole === null || whole === undefined ? undefined : Math.max(0, whole - used);
  return (
    <li className="stackRow" data-full={rest === 0 && used > 0}>
      {name}
      <span>
        {number}
        {rest !== undefined && (
          <span className="hint">{` of ${renderFigure(figure, whole ?? null)}, ${renderFigure(figure, rest)} available`}</span>
        )}
      </span>
      <span className="stack" data-rest={rest !== undefined} aria-hidden="true">
        <span className="stackUsed" style={{ width: `${share * 100}%` }} />
      </span>
    </li>
  );
}
