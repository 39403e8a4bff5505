/**
 * The worlds that `npm run demo` starts: each folder of `examples/` with a server. What a world is and which flags it
 * takes stands in its package.json, so that both are known before anything is installed. Plain JavaScript, like the demo;
 * worlds.d.mts has the types.
 */
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import * as util from "node:util";

export function readWorlds(root) {
  const examples = join(root, "examples");
  return readdirSync(examples)
    .filter((name) => existsSync(join(examples, name, "server.ts")))
    .map((name) => readWorld(name, join(examples, name)))
    .toSorted((a, b) => Number(b.name === "shop") - Number(a.name === "shop"));
}

function readWorld(name, folder) {
  const { description, demo } = JSON.parse(readFileSync(join(folder, "package.json"), "utf8"));
  const hasPage = existsSync(join(folder, "vite.config.ts"));
  return { name, folder, description, flags: demo?.flags ?? {}, hasPage };
}

export function checkFlags({ flags }, args) {
  const options = Object.fromEntries(
    Object.entries(flags).map(([name, { type }]) => [
      name,
      { type: type === "switch" ? "boolean" : "string" },
    ]),
  );
  const { values } = util.parseArgs({ args, options });
  for (const [name, value] of Object.entries(values)) {
    const { type, values: words = [], not = [] } = flags[name];
    const text = String(value);
    if (type === "number" && !/^\d{1,9}$/.test(text))
      throw new Error(`--${name} must be a whole number: "${text}".`);
    if (type === "words" && !words.includes(text))
      throw new Error(`--${name} must be one of ${words.join(", ")}: "${text}".`);
    const other = not.find((flag) => values[flag] !== undefined);
    if (other) throw new Error(`--${name} and --${other} exclude each other. Leave one out.`);
  }
  return args;
}

export function usage({ name, description, flags }, worlds) {
  const rows = Object.entries(flags).map(([flag, { type, values, help }]) => [
    `--${flag}${type === "switch" ? "" : type === "number" ? " <n>" : ` ${values.join("|")}`}`,
    help,
  ]);
  return `Usage: npm run demo -- [world] [options]

${name}: ${description}

${table([...rows, ["--list", "all worlds, and starts none"], ["--help", "this text"]])}

PORT and HOST choose where it listens. Default 4000 and 127.0.0.1.

${list(worlds)}`;
}

export function list(worlds) {
  return `Worlds:\n${table(worlds.map(({ name, description }) => [name, description]))}\n`;
}

function table(rows) {
  const width = Math.max(...rows.map(([left]) => left.length)) + 2;
  return rows.map(([left, right]) => `  ${left.padEnd(width)}${right}`).join("\n");
}
