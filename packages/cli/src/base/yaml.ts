/** The values of our YAML files. */
type YamlValue = string | number | readonly YamlMap[] | YamlMap;

export interface YamlMap {
  readonly [key: string]: YamlValue;
}

/** Text that needs no quotes: YAML 1.1 and 1.2 read it as the same string. */
const PLAIN = /^(?!(?:true|false|null|yes|no|on|off|y|n)$)[a-z][\w./-]*$/i;

/** Renders block-style YAML of maps, lists of maps, strings and numbers. It ends with a line feed. */
export function renderYaml(map: YamlMap, indent = ""): string {
  return Object.entries(map)
    .map(([key, value]) => `${indent}${key}:${renderValue(value, indent)}`)
    .join("");
}

function renderValue(value: YamlValue, indent: string): string {
  if (typeof value === "number") return ` ${value}\n`;
  if (typeof value === "string") return ` ${renderString(value, `${indent}  `)}\n`;
  if (!isList(value)) return `\n${renderYaml(value, `${indent}  `)}`;
  return `\n${value.map((item) => renderItem(item, `${indent}  `)).join("")}`;
}

function renderItem(item: YamlMap, indent: string): string {
  return `${indent}- ${renderYaml(item, `${indent}  `).trimStart()}`;
}

/** Renders a string. Strings with quotes or several lines become a block, which needs no escapes. */
function renderString(text: string, indent: string): string {
  if (PLAIN.test(text)) return text;
  if (!/["\n]/.test(text) || text !== text.trim()) return JSON.stringify(text);
  return `|-\n${text.replaceAll(/^(?=.)/gm, indent)}`;
}

function isList(value: readonly YamlMap[] | YamlMap): value is readonly YamlMap[] {
  return Array.isArray(value);
}
