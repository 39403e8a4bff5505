/** Returns the write key of a request line, `/collect?key=…`. Its letters need no escape, so none is undone. */
export function writeKeyOf(url: string): string | undefined {
  return /[?&]key=([^&]*)/.exec(url)?.[1];
}
