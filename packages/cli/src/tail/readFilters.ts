/** The query of a stream for `--filter` options: `type=conversion`, `route=/cart`, `label.device=!mobile`. */
export interface FilterQuery {
  readonly query: URLSearchParams;
  /** The first option that is not a filter of events, and why. */
  readonly fault?: string;
}

/** Reads filters. The collector checks their values, because only it knows the types of its events. */
export function readFilters(filters: readonly string[]): FilterQuery {
  const query = new URLSearchParams();
  for (const filter of filters) {
    const at = filter.indexOf("=");
    const name = at < 0 ? filter : filter.slice(0, at);
    const value = filter.slice(at + 1);
    const [, not = "", field = ""] = /^(not\.)?(.*)$/s.exec(name) ?? [];
    if (at < 0 || value === "" || !/^(?:types?|route|label\..+)$/s.test(field))
      return {
        query,
        fault: `--filter must be type=…, route=… or label.<name>=… (got "${filter.slice(0, 100)}").`,
      };
    query.append(`${not}${field === "type" ? "types" : field}`, value);
  }
  return { query };
}
