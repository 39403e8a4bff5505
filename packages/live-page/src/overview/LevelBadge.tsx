import { levelWords, type Level } from "../numbers/level.ts";

/** Three outlines that differ without color: a check mark, a triangle, an octagon. */
const shapes: Readonly<Record<Level, string>> = {
  good: "M3 8.5 6.5 12 13 4.5",
  warn: "M8 2 15 14H1ZM8 6.5v3.5M8 12v.2",
  bad: "M5 1h6l4 4v6l-4 4H5l-4-4V5ZM8 4.5V9M8 11.3v.2",
};

/** Shows the level of a figure as a shape, a word and a color. */
export function LevelBadge({ level }: { level: Level }) {
  return (
    <span className="badge" data-level={level}>
      <svg viewBox="0 0 16 16" width="12" height="12" aria-hidden="true">
        <path d={shapes[level]} />
      </svg>
      {levelWords[level]}
    </span>
  );
}
