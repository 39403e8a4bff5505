/** The sums that were added in each of the last seconds. */
export interface SecondRing {
  /** Adds to a second. Seconds never go back: an earlier second counts as the newest one. */
  add(second: number, value: number): void;
  /** Returns the sum of the seconds `from` to `to`, both included, as far as they are kept. */
  between(from: number, to: number): number;
}

/** Keeps `length` seconds; older ones are dropped as time passes. */
export function createSecondRing(length: number): SecondRing {
  const values = new Float64Array(length);
  let newest = 0;
  /** The index of the newest second: a division for each sample would take longer than the addition. */
  let slot = 0;

  const advance = (second: number): void => {
    const from = Math.max(newest + 1, second - length + 1);
    for (let empty = from; empty <= second; empty += 1) values[empty % length] = 0;
    newest = second;
    slot = second % length;
  };

  return {
    add: (second, value) => {
      if (second > newest) advance(second);
      values[slot]! += value;
    },
    between: (from, to) => {
      let sum = 0;
      const oldest = Math.max(from, newest - length + 1);
      for (let at = oldest; at <= Math.min(to, newest); at += 1) sum += values[at % length] ?? 0;
      return sum;
    },
  };
}
