import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, expectTypeOf, test } from "vitest";
import type { z } from "zod";
import type { RumkitConfig } from "./config.ts";
import { renderSettings, renderSettingsTable } from "./renderSettings.ts";
import { type configSchema, SETTING_NAMES, settingOf } from "./settings.ts";

test("docs/serve.md has the table of settings as it is", async () => {
  const text = await readFile(join(import.meta.dirname, "../../../../docs/serve.md"), "utf8");
  expect(text).toContain(renderSettingsTable());
});

/** The doc comments of RumkitConfig by setting, on one line, numbers without their spaces. */
async function readComments(): Promise<Record<string, string>> {
  const source = await readFile(join(import.meta.dirname, "config.ts"), "utf8");
  const found = source.matchAll(/\/\*\*((?:(?!\*\/)[^])*)\*\/\s+readonly (\w+)\?:/g);
  const flat = (comment: string): string =>
    comment
      .replaceAll(/\s+(?:\* )?/g, " ")
      .replaceAll("`", "")
      .replaceAll(/(?<=\d) (?=\d{3}\b)/g, "");
  return Object.fromEntries([...found].map(([, comment, name]) => [name!, flat(comment!)]));
}

test("what editors show of each setting of RumkitConfig has its range and its default", async () => {
  const comments = await readComments();
  expect(Object.keys(comments)).toEqual(SETTING_NAMES);
  const missing = SETTING_NAMES.flatMap((name) => {
    const { kind, default: initial, unset, values } = settingOf(name);
    const isNone = initial === undefined || typeof initial === "object";
    const given = unset === undefined ? (isNone ? "none" : String(initial)) : "";
    const range = kind === "integer" || kind === "limit" ? [values.replace(", or false", "")] : [];
    const orFalse = kind === "limit" ? ["or false"] : [];
    const isThere = (part: string): boolean =>
      new RegExp(`(?<!\\d)${part.replaceAll(/[.]/g, "\\$&")}(?!\\d)`).test(comments[name]!);
    // With `unset` a sentence says what happens instead.
    const defaults = given === "" ? ["Default"] : [`Default ${given}`];
    const absent = [...range, ...orFalse, ...defaults].filter((part) => !isThere(part));
    return absent.map((part) => `${name}: ${part}`);
  });
  expect(missing).toEqual([]);
});

test("--help says the values and the default of each setting", () => {
  const help = renderSettings();
  expect(help).toContain(
    "  --port, RUMKIT_PORT\n      TCP port, 0 for any that is free; 0 to 65535; default 4000\n",
  );
  expect(help).toContain("; development or production; default by NODE_ENV, else by the host\n");
  for (const name of SETTING_NAMES) expect(help).toContain(settingOf(name).help);
});

type Values<Config> = { -readonly [Name in keyof Config]-?: NonNullable<Config[Name]> };
type Accepted = Values<z.input<typeof configSchema>>;
type Declared = Values<RumkitConfig>;

/** Settings that are neither lists nor catalogs: `readonly` makes the types of those differ. */
type Plain = {
  [Name in keyof Declared]: Declared[Name] extends string | number | boolean ? Name : never;
}[keyof Declared];

test("the types of RumkitConfig are those that the table accepts", () => {
  expectTypeOf<Pick<Declared, Plain>>().toEqualTypeOf<Pick<Accepted, Plain>>();
  expectTypeOf<Pick<Accepted, Exclude<keyof Declared, Plain>>>().toExtend<RumkitConfig>();
});
