/** True for the error of a file that does not exist. No other error tells anything about the file's content. */
export function isMissing(error: unknown): boolean {
  return error instanceof Error && "code" in error && error.code === "ENOENT";
}
