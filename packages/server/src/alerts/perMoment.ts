/**
 * Keeps the results of a function for one moment, because many rules ask for the same: they share readings and windows.
 *
 * @param compute Its result depends on the moment and on two numbers.
 */
export function perMoment<Result>(
  compute: (at: number, a: number, b: number) => Result,
): (at: number, a: number, b: number) => Result {
  const results = new Map<number, Map<number, Result>>();
  let moment = Number.NaN;
  return (at, a, b) => {
    if (at !== moment) results.clear();
    moment = at;
    const ofA = results.get(a) ?? new Map<number, Result>();
    results.set(a, ofA);
    const known = ofA.get(b);
    if (known !== undefined) return known;
    const result = compute(at, a, b);
    ofA.set(b, result);
    return result;
  };
}
