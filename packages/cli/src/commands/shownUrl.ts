/** Returns a URL, valid or not, without user name and password, so that it can be printed. */
export function shownUrl(url: string): string {
  return url.replace(/^((?:[a-z][a-z\d+.-]*:)?\/\/)?[^/?#]*@/i, "$1***@");
}
