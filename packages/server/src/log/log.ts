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
