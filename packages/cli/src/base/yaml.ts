/** The values of our YAML files. */
type YamlValue = YamlScalar | readonly (YamlMap | YamlScalar)[] | YamlMap;

type YamlScalar = string | number | boolean;

export interface YamlMap {
  readonly [key: string]: YamlValue;
}

/** Text that needs no quotes: YAML 1.1 and 1.2 read it as the same string. */
const PLAIN = /^(?!(?:true|false|null|yes|no|on|off|y|n)$)[a-z][\w./-]*$/i;

/** Renders block-style YAML of maps, lists, strings, numbers and booleans. It ends with a line feed. */
export function renderYaml(map: YamlMap, indent = ""): string {
  return Object.entries(map)
    .map(([key, value]) => `${indent}${key}:${renderValue(value, indent)}`)
    .join("");
}

function renderValue(value: YamlValue, indent: string): string {
  if (!isNested(value)) return ` ${renderScalar(value, `${indent}  `)}\n`;
  if (!isList(value)) return `\n${renderYaml(value, `${indent}  `)}`;
  return `\n${value.map((item) => renderItem(item, `${indent}  `)).join("")}`;
}

function renderItem(item: YamlMap | YamlScalar, indent: string): string {
  if (!isNested(item)) return `${indent}- ${renderScalar(item, `${indent}  `)}\n`;
  return `${indent}- ${renderYaml(item, `${indent}  `).trimStart()}`;
}

function renderScalar(value: YamlScalar, indent: string): string {
  return typeof value === "string" ? renderString(value, indent) : String(value);
}

/** Renders a string. Strings with quotes or several lines become a block, which needs no escapes. */
function renderString(text: string, indent: string): string {
  if (PLAIN.test(text)) return text;
  if (!/["\n]/.test(text) || text !== text.trim()) return JSON.stringify(text);
  return `|-\n${text.replaceAll(/^(?=.)/gm, indent)}`;
}

function isList(value: YamlMap | readonly unknown[]): value is readonly (YamlMap | YamlScalar)[] {
  return Array.isArray(value);
}

function isNested<Value extends YamlValue>(value: Value): value is Exclude<Value, YamlScalar> {
  return typeof value === "object";
}
