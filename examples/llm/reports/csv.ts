type Value = string | number | boolean | null;

/** Writes objects of the same form as CSV (RFC 4180): nested fields are `outer_inner`, null is empty. */
export function toCsv(rows: readonly object[]): string {
  const flat = rows.map((row) => flatten(row));
  // The first row may have a null where a later one has fields.
  const columns = [...new Set(flat.flatMap((row) => Object.keys(row)))].filter(
    (column) => !flat.every((row) => row[column] === null || row[column] === undefined),
  );
  const lines = flat.map((row) => columns.map((column) => cell(row[column])).join(","));
  return [columns.join(","), ...lines, ""].join("\r\n");
}

function flatten(row: object, prefix = ""): Record<string, Value> {
  const fields = Object.entries(row).flatMap(([name, value]: [string, unknown]) => {
    const isNested = typeof value === "object" && value !== null;
    return isNested ? Object.entries(flatten(value, `${prefix}${name}_`)) : [[prefix + name, value]];
  });
  return Object.fromEntries(fields) as Record<string, Value>;
}

function cell(value: Value | undefined): string {
  const text = value === null || value === undefined ? "" : String(value);
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
