/**
 * Says which texts of a catalog are no text: one sentence for each half of a surrogate pair that stands alone.
 *
 * UTF-8 has no such character, so all of them are written as U+FFFD: two routes or label values that differ would be one
 * series twice, for which Prometheus refuses the scrape.
 */
export function lintText(value: unknown, path = ""): string[] {
  if (typeof value === "string")
    return value.isWellFormed()
      ? []
      : [`${path || "The catalog"} has half a surrogate pair: ${show(value)}.`];
  if (Array.isArray(value)) return value.flatMap((item, index) => lintText(item, `${path}[${index}]`));
  if (typeof value !== "object" || value === null) return [];
  return Object.entries(value).flatMap(([key, item]) => {
    const inner = path === "" ? key : `${path}.${key}`;
    return [...lintText(key, path === "" ? "A key" : `A key of ${path}`), ...lintText(item, inner)];
  });
}

/** JSON escapes what cannot be printed. */
function show(text: string): string {
  return JSON.stringify(text);
}
