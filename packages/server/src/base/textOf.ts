/** An attribute as text: empty if it has another type, because attributes may hold any value of JSON. */
export function textOf(value: unknown): string {
  return typeof value === "string" ? value : "";
}
