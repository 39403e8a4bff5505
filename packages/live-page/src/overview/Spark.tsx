import { memo } from "react";

interface SparkProps {
  values: readonly (number | null)[];
  /** The same figure at an earlier time: as long as `values`. */
  ghost?: readonly (number | null)[] | undefined;
  /** The value at the upper edge. Default: the highest one. */
  top?: number;
}

const WIDTH = 260;
const HEIGHT = 44;

/** A small line without axes. What it shows stands beside it, so screen readers skip it. */
export const Spark = memo(function Spark({ values, ghost = [], top: given }: SparkProps) {
  const top = (given ?? Math.max(0, ...present(values), ...present(ghost))) || 1;
  const main = pathOf(values, top);
  return (
    <svg className="spark" viewBox={`0 0 ${WIDTH} ${HEIGHT}`} preserveAspectRatio="none" aria-hidden="true">
      <path className="sparkGhost" d={pathOf(ghost, top)} />
      <path className="sparkLine" d={main} />
    </svg>
  );
});

function present(values: readonly (number | null)[]): number[] {
  return values.flatMap((value) => value ?? []);
}

/** A value that was not counted interrupts the line. */
function pathOf(values: readonly (number | null)[], top: number): string {
  const step = WIDTH / Math.max(1, values.length - 1);
  let isDown = false;
  return values
    .map((value, index) => {
      if (value === null) {
        isDown = false;
        return "";
      }
      const command = isDown ? "L" : "M";
      isDown = true;
      return `${command}${(index * step).toFixed(1)} ${(HEIGHT - 2 - (value / top) * (HEIGHT - 4)).toFixed(1)}`;
    })
    .join("");
}
