/** Matches most lines: printable ASCII only. */
const PLAIN = /^[\x20-\x7e\n]*$/;

/**
 * Characters that control a terminal or a log viewer instead of being shown: C0 and C1 controls, DEL, line and
 * paragraph separators, marks of direction and width, tags, halves of surrogate pairs (Unicode categories Cc, Zl, Zp,
 * Cf, Cs).
 */
const OBEYED = /[\p{Cc}\p{Zl}\p{Zp}\p{Cf}\p{Cs}]/gu;

/**
 * A line of JSON with every control character escaped, as JSON allows in any text. The newline at its end stays.
 */
export function escapeLine(line: string): string {
  if (PLAIN.test(line)) return line;
  const end = line.endsWith("\n") ? "\n" : "";
  return line.slice(0, line.length - end.length).replace(OBEYED, escapeCharacter) + end;
}

/** A text for a terminal: line feeds stay, every other control character is escaped. */
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
