/** A URL as people may read it, valid or not: without the user name and the password that may stand in it. */
export function shownUrl(url: string): string {
  return url.replace(/^((?:[a-z][a-z\d+.-]*:)?\/\/)?[^/?#]*@/i, "$1***@");
}
