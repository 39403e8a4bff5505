/** What a line says besides its sentence, in words and numbers that a query can find. */
export type LogFields = Readonly<Record<string, string | number | boolean | undefined>>;

/** Writes one line. A logger of pino is one. */
type WriteLine = (fields: LogFields, message: string) => void;

/**
 * Where the collector writes what happened to it. `createLog` makes one; `logger.child({})` of pino is one
 * too. None of its functions may throw.
 */
export interface Log {
  readonly info: WriteLine;
  readonly warn: WriteLine;
  readonly error: WriteLine;
}
