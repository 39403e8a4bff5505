import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { readFolder } from "./pageFiles.ts";

test("the files of a folder are found by the paths of addresses, which have no separator of a system in them", () => {
  const folder = mkdtempSync(join(tmpdir(), "rumkit-page-"));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  mkdirSync(join(folder, "assets", "icons"), { recursive: true });
  writeFileSync(join(folder, "index.html"), "page");
  writeFileSync(join(folder, "assets", "index-1.js"), "script …");
  writeFileSync(join(folder, "assets", "icons", "a.svg"), "icon");
  expect(new Map(readFolder(folder))).toEqual(
    new Map([
      ["index.html", "page"],
      ["assets/index-1.js", "script …"],
      ["assets/icons/a.svg", "icon"],
    ]),
  );
});
