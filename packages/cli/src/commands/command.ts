/** One word after `rumkit`. */
export interface Command {
  /** The text of `rumkit <word> --help`. */
  readonly usage: string;
  /** Returns the exit code. Throws a `UsageError` for invalid arguments, any other error for a failure. */
  run(argv: string[]): Promise<number>;
}

/** Thrown for invalid arguments. The command prints one line that names the help, and exits with code 2. */
export class UsageError extends Error {
  constructor(message: string) {
    super(message);
    this.name = "UsageError";
  }
}
