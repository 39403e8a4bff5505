import type { Log, LogFields } from "./log.ts";

/** A log that keeps its infos until something that may still fail has succeeded. */
export interface HeldLog {
  readonly log: Log;
  /** Writes what was kept; from now on everything is written at once. */
  readonly release: () => void;
}

/** Holds `info` back, e.g. "started" of a server that does not listen yet. Warnings and errors pass. */
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
