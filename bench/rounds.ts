/** With `--short` a measurement runs once and small: to see that it ends and prints its tables, not for its figures. */
export const isShort = process.env["BENCH_SHORT"] === "1";

/** A number of repetitions, milliseconds or items: little with `--short`. */
export function orShort(usual: number, short = 1): number {
  return isShort ? short : usual;
}

/** The subjects of a measurement: with `--short` only those at these places, because each is a process to start. */
export function orSome<Subject>(usual: readonly Subject[], ...places: readonly number[]): readonly Subject[] {
  return isShort ? places.map((place) => usual[place]!) : usual;
}
