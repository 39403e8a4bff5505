/** The value itself if it is a finite number from the lowest to the highest. Throws otherwise. */
export function requireNumber(value: unknown, lowest = -Infinity, highest = Infinity): number {
  // Written so that NaN is refused; infinity is what JSON cannot carry.
  if (Number.isFinite(value) && (value as number) >= lowest && (value as number) <= highest)
    return value as number;
  throw new RangeError("number");
}
