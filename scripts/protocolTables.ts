import {
  batchFields,
  commonFields,
  eventRejections,
  events,
  type Field,
  type Fields,
  itemFields,
  itemsFields,
} from "@rumkit/protocol";

type Row = readonly string[];

/** The tables of `docs/protocol.md`, from the tables by which the collector reads requests. By the name in the document. */
const TABLES: Readonly<Record<string, () => string>> = {
  batch: () => renderFields(batchFields),
  "every event": () => renderFields(commonFields),
  visit: () => renderEvents("visit"),
  use: () => renderEvents("use"),
  browser: () => renderEvents("browser"),
  "event codes": () =>
    renderTable(
      ["code", "the event"],
      Object.entries(eventRejections).map(([code, text]) => [`\`${code}\``, text]),
    ),
  item: () => renderFields(itemFields),
  items: () => renderFields(itemsFields),
};

const MARKED = /(<!-- generated: ([\w ]+) -->\n)[^]*?(<!-- end -->)/g;

/** The tables of `docs/protocol.md`, replaced. */
export function renderProtocolTables(text: string): string {
  return replaceTables(text, TABLES);
}

/** Replaces every table between its two marks. Throws for a mark without a table, and for a table without a mark. */
export function replaceTables(text: string, tables: Readonly<Record<string, () => string>>): string {
  const missing = new Set(Object.keys(tables));
  const rendered = text.replace(MARKED, (_all, start: string, name: string, end: string) => {
    const table = tables[name];
    if (table === undefined) throw new Error(`[rumkit] There is no table "${name}".`);
    missing.delete(name);
    return `${start}\n${table()}\n${end}`;
  });
  if (missing.size > 0) throw new Error(`[rumkit] The document lacks the tables ${[...missing].join(", ")}.`);
  return rendered;
}

function renderEvents(group: string): string {
  const firstWith = new Map<object, string>();
  const rows = Object.entries(events)
    .filter(([, spec]) => spec.group === group)
    .map(([type, { what, fields, counts }]) => {
      const first = firstWith.get(fields);
      if (first === undefined) firstWith.set(fields, type);
      const described =
        first === undefined
          ? Object.entries<Field>(fields).map(describeInline).join("; ")
          : `as \`${first}\``;
      return [`\`${type}\``, what, described, counts];
    });
  return renderTable(["`type`", "what", "further fields", "counted in"], rows);
}

function renderFields(fields: Fields): string {
  const rows = Object.entries(fields).map(([name, field]) => [
    `\`${name}\``,
    field.optional ? `${describeType(field)}, optional` : describeType(field),
    field.what ?? "",
  ]);
  return renderTable(["field", "type", "what"], rows);
}

/** `` `name?` (integer, 1 to 100): the place of the step ``. */
function describeInline([name, field]: [string, Field]): string {
  const what = field.what === undefined ? "" : `: ${field.what}`;
  return `\`${name}${field.optional ? "?" : ""}\` (${describeType(field)})${what}`;
}

function describeType(field: Field): string {
  switch (field.kind) {
    case "text":
      return field.least
        ? `text, ${field.least} to ${format(field.most)}`
        : `text, at most ${format(field.most)}`;
    case "pattern":
      return field.words;
    case "enum":
      return field.values.map((value) => `\`${value}\``).join(", ");
    case "number":
    case "integer":
      return describeNumber(field.unit ?? field.kind, field.least, field.most);
    case "details":
      return "flat object";
    case "counts":
      return `object of integers by ${field.keys.map((key) => `\`${key}\``).join(", ")}`;
    case "object":
      return "object";
    case "list":
      return `array of ${field.least} to ${format(field.most)} ${field.of}s`;
    case "anything":
      return "any value";
  }
}

function describeNumber(word: string, least?: number, most?: number): string {
  if (least === undefined) return most === undefined ? word : `${word}, at most ${format(most)}`;
  return most === undefined
    ? `${word} from ${format(least)}`
    : `${word}, ${format(least)} to ${format(most)}`;
}

/** `1,000,000`; larger powers of ten are `10^12`. */
function format(value: number): string {
  const exponent = Math.log10(Math.abs(value));
  if (exponent > 8 && Number.isInteger(exponent)) return `${value < 0 ? "-" : ""}10^${exponent}`;
  return value.toLocaleString("en-US", { maximumFractionDigits: 4 });
}

function renderTable(head: Row, rows: readonly Row[]): string {
  const lines = [head, head.map(() => "---"), ...rows];
  return lines.map((cells) => `| ${cells.join(" | ")} |\n`).join("");
}
