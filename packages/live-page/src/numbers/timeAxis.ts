/** Distances of marks in seconds: times that people say. */
const DISTANCES = [
  10, 15, 30, 60, 120, 180, 300, 600, 900, 1_800, 3_600, 7_200, 10_800, 21_600, 43_200, 86_400,
];

/** Returns the seconds of at most `most` marks between two Unix seconds, at round times of the viewer's clock. */
export function timeMarks(from: number, to: number, most: number): number[] {
  const distance = DISTANCES.find((candidate) => (to - from) / candidate <= most) ?? 604_800;
  // Round by the clock on the wall: a zone may differ from UTC by half an hour.
  const offset = new Date(from * 1000).getTimezoneOffset() * -60;
  const marks: number[] = [];
  const first = Math.ceil((from + offset) / distance) * distance - offset;
  for (let mark = first; mark <= to; mark += distance) marks.push(mark);
  return marks;
}

const minutes = new Intl.DateTimeFormat("en-GB", { hour: "2-digit", minute: "2-digit" });
const seconds = new Intl.DateTimeFormat("en-GB", { hour: "2-digit", minute: "2-digit", second: "2-digit" });
const days = new Intl.DateTimeFormat("en-GB", { day: "numeric", month: "short" });

/** Formats a mark: with seconds only if marks are closer than a minute, as a day if they are days apart. */
export function renderMark(second: number, distance: number): string {
  const format = distance < 60 ? seconds : distance < 86_400 ? minutes : days;
  return format.format(second * 1000);
}
