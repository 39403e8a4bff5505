/** True for the error of a file that does not exist. Every other error says nothing about the file's content. */
export function isMissing(error: unknown): boolean {
  return error instanceof Error && "code" in error && error.code === "ENOENT";
}
