/** One word after `rumkit`. */
export interface Command {
  /** What `rumkit <word> --help` prints, and what a wrong command line is answered with. */
  readonly usage: string;
  /** Returns the exit code. Throws a `UsageError` for a wrong command line, any other error for a failure. */
  run(argv: string[]): Promise<number>;
}

/** The command line is wrong: answered with the usage, and exit code 2. */
export class UsageError extends Error {
  constructor(message: string) {
    super(message);
    this.name = "UsageError";
  }
}
