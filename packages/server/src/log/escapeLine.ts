/** Most lines have nothing but these. */
const PLAIN = /^[\x20-\x7e\n]*$/;

/**
 * Characters that a terminal or a viewer of logs obeys instead of showing: C0 and C1 controls, DEL, line and paragraph
 * separators, marks of direction and width, tags, halves of surrogate pairs (Unicode's categories Cc, Zl, Zp, Cf, Cs).
 */
const OBEYED = /[\p{Cc}\p{Zl}\p{Zp}\p{Cf}\p{Cs}]/gu;

/**
 * A line of JSON in which every character that is obeyed rather than shown is escaped, as JSON allows in any text. The
 * newline at its end stays.
 */
export function escapeLine(line: string): string {
  if (PLAIN.test(line)) return line;
  const end = line.endsWith("\n") ? "\n" : "";
  return line.slice(0, line.length - end.length).replace(OBEYED, escapeCharacter) + end;
}

/** A text for a terminal, with line feeds, and with every other character escaped that is obeyed rather than shown. */
export function escapeText(text: string): string {
  if (PLAIN.test(text)) return text;
  return text.replace(OBEYED, (character) => (character === "\n" ? character : escapeCharacter(character)));
}

function escapeCharacter(character: string): string {
  return Array.from({ length: character.length }, (_, index) => {
    const unit = character.charCodeAt(index);
    return `\\u${unit.toString(16).padStart(4, "0")}`;
  }).join("");
}
