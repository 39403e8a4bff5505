import type { Catalog } from "@rumkit/protocol";

/** Maximum characters of a line of code. */
const WIDTH = 100;

/** Renders a catalog as a module that calls `defineCatalog`, formatted as a person would write it. */
export function renderCatalog(catalog: Catalog, from: string): string {
  return [
    'import { defineCatalog } from "@rumkit/protocol";',
    "",
    `/** Drafted by rumkit catalog from what ${from.replaceAll("*/", "")} saw. Read it: units, buckets and labels are guesses. */`,
    `export const catalog = defineCatalog(${renderValue(catalog, 0)});`,
    "",
  ].join("\n");
}

function renderValue(value: unknown, depth: number): string {
  if (typeof value !== "object" || value === null) return JSON.stringify(value);
  const isList = Array.isArray(value);
  const items = isList
    ? value.map((item) => renderValue(item, depth + 1))
    : Object.entries(value).map(([key, item]) => `${renderKey(key)}: ${renderValue(item, depth + 1)}`);
  const [open, close] = isList ? ["[", "]"] : ["{", "}"];
  if (items.length === 0) return open + close;
  const blank = isList ? "" : " ";
  const line = `${open}${blank}${items.join(", ")}${blank}${close}`;
  const indent = "  ".repeat(depth + 1);
  if (depth > 1 && !line.includes("\n") && line.length + indent.length <= WIDTH) return line;
  return `${open}\n${items.map((item) => `${indent}${item},\n`).join("")}${"  ".repeat(depth)}${close}`;
}

function renderKey(key: string): string {
  return /^[a-zA-Z_]\w*$/.test(key) && key !== "__proto__" ? key : JSON.stringify(key);
}
