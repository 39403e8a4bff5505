/** The fields of a JSON object; none where the value is anything else, so that each is missing one by one. */
export function jsonFields(value: unknown): Partial<Record<string, unknown>> {
  return typeof value === "object" && value !== null ? { ...value } : {};
}
