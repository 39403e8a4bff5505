/** Key in `sessionStorage`: a name that was given once is offered again in the same tab. */
const STORAGE_KEY = "rumkit.author";

export function lastAuthor(): string {
  return sessionStorage.getItem(STORAGE_KEY) ?? "";
}

export function keepAuthor(name: string): void {
  sessionStorage.setItem(STORAGE_KEY, name);
}
