import type { LiveAlert } from "@rumkit/protocol";
import { SEVERITY_LEVELS } from "./alertText.ts";

/** Outlines that differ without color: an octagon, a triangle, a circle; a check mark once it is over. */
const SHAPES: Readonly<Record<LiveAlert["severity"], string>> = {
  critical: "M5 1h6l4 4v6l-4 4H5l-4-4V5ZM8 4.5V9M8 11.3v.2",
  warning: "M8 2 15 14H1ZM8 6.5v3.5M8 12v.2",
  info: "M8 1.5a6.5 6.5 0 1 0 .01 0M8 7.5v4M8 4.6v.2",
};
const OVER = "M3 8.5 6.5 12 13 4.5";

interface SeverityBadgeProps {
  severity: LiveAlert["severity"];
  state: LiveAlert["state"];
}

/** The severity of an alert as a shape, a word and a color; gray until it fires, and a check mark after it. */
export function SeverityBadge({ severity, state }: SeverityBadgeProps) {
  const isOver = state === "resolved";
  const level = isOver ? "good" : state === "pending" ? undefined : SEVERITY_LEVELS[severity];
  return (
    <span className="badge severity" data-level={level ?? "none"}>
      <SeverityIcon severity={severity} isOver={isOver} />
      {isOver ? "resolved" : severity}
    </span>
  );
}

/** The shape alone, for text that says the severity. */
export function SeverityIcon({
  severity,
  isOver = false,
}: {
  severity: LiveAlert["severity"];
  isOver?: boolean;
}) {
  return (
    <svg viewBox="0 0 16 16" width="14" height="14" aria-hidden="true">
      <path d={isOver ? OVER : (SHAPES[severity] ?? SHAPES.info)} />
    </svg>
  );
}
