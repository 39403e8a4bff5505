import { join } from "node:path";
import { Readable } from "node:stream";
import { expect } from "vitest";
import { type FileFault, testFileFaults } from "../../../../test/support/fileFaults.ts";
import { findBuildMaps } from "./buildMaps.ts";
import { mapKey } from "./mapFile.ts";
import { createMapTable } from "./mapTable.ts";
import { openUploadedMaps } from "./uploadedMaps.ts";

const MAP = JSON.stringify({ version: 3, sources: ["a.ts"], names: [], mappings: "AAAA" });
const KEY = mapKey("1", "a.js.map");
const MANIFEST = JSON.stringify([{ release: "1", file: "a.js.map", bytes: MAP.length, at: 1 }]);
const UPLOADS = { "manifest.json": MANIFEST, [`${KEY}.map`]: MAP, "left.tmp": "" };

/** A map is refused by its disk: the ones before it are listed as before. */
async function putOne(folder: string): Promise<void> {
  const uploads = await openUploadedMaps(folder, MAP.length + 1);
  const before = uploads.list();
  try {
    await uploads.put("2", "a.js.map", Readable.from([Buffer.from(MAP)]));
  } finally {
    expect(uploads.list()).toEqual(before);
  }
}

async function scan(folder: string): Promise<string> {
  const said: string[] = [];
  let time = 0;
  const maps = createMapTable(
    folder,
    1e6,
    () => time,
    (message) => said.push(message),
  );
  for (; time < 90_000; time += 30_000) await maps.refreshFor("2");
  expect(said.length).toBeLessThan(2);
  return said.join("");
}

const cases: Readonly<Record<string, FileFault>> = {
  "the list of uploaded maps": {
    files: UPLOADS,
    refused: "manifest.json",
    run: (folder) => openUploadedMaps(folder, 1e6),
  },
  "the folder of uploaded maps": {
    files: { "uploads/manifest.json": MANIFEST, [`uploads/${KEY}.map`]: MAP },
    refused: "uploads",
    run: (folder) => openUploadedMaps(join(folder, "uploads"), 1e6),
  },
  "the folder of deployed maps": {
    files: { "1/a.js.map": MAP },
    refused: "1",
    mayBeAbsent: true,
    run: scan,
  },
  "a deployed map": { files: { "1/a.js.map": MAP }, refused: "1/a.js.map", mayBeAbsent: true, run: scan },
  "the list of uploaded maps, at a scan": {
    files: { "1/a.js.map": MAP, ".uploads/manifest.json": MANIFEST, [`.uploads/${KEY}.map`]: MAP },
    refused: ".uploads/manifest.json",
    run: scan,
  },
  "a script of a build": { files: { "a.js": "", "a.js.map": MAP }, refused: "a.js", run: findBuildMaps },
  "the list of uploaded maps, written": {
    files: { "manifest.json": MANIFEST, [`${KEY}.map`]: MAP },
    refused: "manifest.json.tmp",
    run: putOne,
  },
};

testFileFaults(cases);
