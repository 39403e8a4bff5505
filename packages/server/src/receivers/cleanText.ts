/**
 * Characters that are obeyed instead of shown: controls, separators of lines, marks of direction and width, tags
 * (Unicode categories Cc, Zl, Zp, Cf). They hide or reorder what a person reads. The joiner of emoji (U+200D) stays.
 */
const OBEYED = /[\p{Cc}\p{Zl}\p{Zp}]|(?!\u200D)\p{Cf}/gu;

/** Matches most texts: words of printable ASCII with one blank between them. */
const PLAIN = /^[!-~]+(?: [!-~]+)*$/;

/** Returns a text of one line without characters that are obeyed; halves of surrogate pairs become U+FFFD. */
export function cleanLine(text: string): string {
  if (PLAIN.test(text)) return text;
  return text.toWellFormed().replace(/\s+/g, " ").replace(OBEYED, "").trim();
}

/** The same with its line feeds. */
export function cleanLines(text: string): string {
  return text
    .split(/\r\n?|\n/)
    .map(cleanLine)
    .join("\n")
    .trim();
}
