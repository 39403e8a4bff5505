/** A URL as people may read it, also one that is none: without the user and the password that may stand in it. */
export function shownUrl(url: string): string {
  return url.replace(/^((?:[a-z][a-z\d+.-]*:)?\/\/)?[^/?#]*@/i, "$1***@");
}
