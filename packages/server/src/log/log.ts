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
