/** The fields of a line beside its message: words and numbers that a query can find. */
export type LogFields = Readonly<Record<string, string | number | boolean | undefined>>;

/** Writes one line, with the signature of pino's methods. */
type WriteLine = (fields: LogFields, message: string) => void;

/**
 * The log of the collector. `createLog` creates one; pino's `logger.child({})` is one, too. Its functions must not
 * throw.
 */
export interface Log {
  readonly info: WriteLine;
  readonly warn: WriteLine;
  readonly error: WriteLine;
}

/** A log that holds its infos until an operation that may still fail has succeeded. */
export interface HeldLog {
  readonly log: Log;
  /** Writes the held infos. From then on, every line is written at once. */
  readonly release: () => void;
}

/** Holds `info` lines back, e.g. "started" for a server that does not listen yet. Warnings and errors pass. */
export function holdLog(log: Log): HeldLog {
  let held: [fields: LogFields, message: string][] | undefined = [];
  return {
    log: {
      info: (fields, message) => {
        if (held) held.push([fields, message]);
        else log.info(fields, message);
      },
      warn: (fields, message) => log.warn(fields, message),
      error: (fields, message) => log.error(fields, message),
    },
    release: () => {
      for (const [fields, message] of held ?? []) log.info(fields, message);
      held = undefined;
    },
  };
}

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
