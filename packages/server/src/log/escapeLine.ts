/** Matches most lines: printable ASCII only. */
const PLAIN = /^[\x20-\x7e\n]*$/;

/**
 * Characters that control a terminal or a log viewer instead of being shown: C0 and C1 controls, DEL, line and
 * paragraph separators, marks of direction and width, tags, halves of surrogate pairs (Unicode categories Cc, Zl, Zp,
 * Cf, Cs).
 */
const OBEYED = /[\p{Cc}\p{Zl}\p{Zp}\p{Cf}\p{Cs}]/gu;

/** Escapes every control character in a line of JSON, as JSON allows. The newline at its end stays. */
export function escapeLine(line: string): string {
  if (PLAIN.test(line)) return line;
  const end = line.endsWith("\n") ? "\n" : "";
  return line.slice(0, line.length - end.length).replace(OBEYED, escapeCharacter) + end;
}

/** Escapes every control character of a text for a terminal, except line feeds. */
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
