/** The mark of a text that was cut. */
const CUT = "…";

let segmenter: Intl.Segmenter | undefined;

export interface CutOptions {
  /** Escapes a text, character by character. Default unchanged. */
  readonly escape?: ((text: string) => string) | undefined;
  /** Measures an escaped text; at least 1 for each code unit before escaping. Default its length in UTF-16 code units. */
  readonly measure?: ((escaped: string) => number) | undefined;
  /** Ends a text that was cut. Default "…". */
  readonly mark?: string | undefined;
}

/**
 * Escapes a text and cuts it to a size. It ends between two characters as a person sees them, never within an escape, an
 * emoji or a letter with its accents.
 */
export function cutText(text: string, max: number, options: CutOptions = {}): string {
  const { escape = unchanged, measure = lengthOf, mark = CUT } = options;
  // Most texts are short. Their segments cost a hundred times as much.
  if (text.length <= max) {
    const whole = escape(text);
    if (measure(whole) <= max) return whole;
  }
  const room = max - measure(mark);
  let kept = "";
  let size = 0;
  // One code unit more than there is room for is enough to see that the text is too long.
  let whole = "";
  for (const { segment } of graphemes().segment(text.slice(0, max + 1))) {
    const escaped = escape(segment);
    size += measure(escaped);
    if (size > max) return room < 0 ? "" : kept + mark;
    whole += escaped;
    if (size <= room) kept = whole;
  }
  return whole;
}

/** Made for the first text that is too long: it takes 10 ms of CPU, and most collectors cut none. */
function graphemes(): Intl.Segmenter {
  return (segmenter ??= new Intl.Segmenter("en", { granularity: "grapheme" }));
}

function unchanged(grapheme: string): string {
  return grapheme;
}

function lengthOf(text: string): number {
  return text.length;
}

/** Measures the bytes of a text in UTF-8. */
export function bytesOf(text: string): number {
  return Buffer.byteLength(text);
}
