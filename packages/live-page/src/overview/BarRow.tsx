import type { ReactNode } from "react";

interface BarRowProps {
  name: ReactNode;
  /** Beside the number. */
  note?: ReactNode;
  number: ReactNode;
  /** Width of the bar, 0 to 1. */
  share: number;
  isBad?: boolean;
}

/** A row whose bar shows its share. */
export function BarRow({ name, note, number, share, isBad = false }: BarRowProps) {
  return (
    <li className="barRow" data-bad={isBad}>
      <span className="bar" style={{ width: `${Math.min(100, share * 100)}%` }} aria-hidden="true" />
      <span className="barName">{name}</span>
      {note !== undefined && <span className="hint">{note}</span>}
      <b>{number}</b>
    </li>
  );
}
