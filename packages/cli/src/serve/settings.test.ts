import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { environmentName, flagName, SETTING_NAMES, SETTINGS } from "./settings.ts";

test("docs/serve.md lists every setting: its default, its flag, its variable", async () => {
  const text = await readFile(join(import.meta.dirname, "../../../../docs/serve.md"), "utf8");
  const rows = [...text.matchAll(/^\| `(\w+)` +\| (.+?) +\| (.+?) +\| (.+?) +\|/gm)].map((row) =>
    row.slice(1),
  );
  expect(rows).toEqual(
    SETTING_NAMES.map((name) => {
      const { default: initial } = SETTINGS[name];
      const value = name === "environment" ? "development" : initial;
      const quoted = (word: string | undefined): string => (word === undefined ? "none" : `\`${word}\``);
      const flag = flagName(name);
      return [
        name,
        quoted(value === undefined || typeof value === "object" ? undefined : String(value)),
        quoted(flag && `--${flag}`),
        quoted(environmentName(name)),
      ];
    }),
  );
});
