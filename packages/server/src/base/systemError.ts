/** The cause behind the message `fetch failed`. If several addresses were tried, the cause of the first. */
export function reasonOf(error: unknown): string {
  const cause = error instanceof Error ? (error.cause ?? error) : error;
  const first: unknown = cause instanceof AggregateError ? cause.errors[0] : cause;
  return first instanceof Error ? first.message : String(first);
}

/**
 * True for the error of a file that does not exist. Other errors, such as a missing permission, do not show whether
 * the file exists.
 */
export function isMissing(error: unknown): boolean {
  return error instanceof Error && "code" in error && error.code === "ENOENT";
}
