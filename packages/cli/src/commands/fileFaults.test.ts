import { join } from "node:path";
import { type FileFault, testFileFaults } from "../../../../test/support/fileFaults.ts";
import { findStaleFiles, writeGeneratedFiles } from "../generate/generatedFiles.ts";
import { loadCatalog } from "../generate/loadCatalog.ts";
import { readProject } from "../init/project.ts";
import { create } from "../init/step.ts";
import { readConfig } from "../serve/readConfig.ts";
import { catalogCommand } from "./catalogCommand.ts";
import { sourcemapsCommand } from "./sourcemapsCommand.ts";

const MAP = JSON.stringify({ version: 3, sources: ["a.ts"], names: [], mappings: "AAAA" });
const CATALOG = 'export const catalog = { app: "shop", routes: ["/"] };';

const generatedIn = (folder: string) => ({
  app: "shop",
  catalog: join(folder, "catalog.ts"),
  files: new Map([[join(folder, "rules.yaml"), "new"]]),
  folders: [folder],
});
const config = (folder: string) => readConfig({ flags: {}, env: {}, file: undefined, folder });

const cases: Readonly<Record<string, FileFault>> = {
  "the folder of a build": {
    files: { "dist/a.js": "", "dist/a.js.map": MAP },
    refused: "dist",
    run: (folder) =>
      sourcemapsCommand.run(["copy", join(folder, "dist"), "--release", "1", "--to", join(folder, "to")]),
  },
  "a configuration that is not named": {
    files: { "rumkit.config.json": '{ "port": 1 }' },
    refused: "rumkit.config.json",
    mayBeAbsent: true,
    run: async (folder) => void (await config(folder)),
  },
  "a catalog that is not named": {
    files: { "catalog.ts": CATALOG },
    refused: "catalog.ts",
    mayBeAbsent: true,
    run: async (folder) => void (await config(folder)),
  },
  "a catalog": {
    files: { "catalog.mjs": CATALOG },
    refused: "catalog.mjs",
    run: (folder) => loadCatalog(join(folder, "catalog.mjs")),
  },
  "a generated file, replaced": {
    files: { "rules.yaml": "somebody's own" },
    refused: "rules.yaml",
    run: (folder) => writeGeneratedFiles(generatedIn(folder)),
  },
  "a generated file, compared": {
    files: { "rules.yaml": "new" },
    refused: "rules.yaml",
    mayBeAbsent: true,
    run: async (folder) => void (await findStaleFiles(generatedIn(folder))),
  },
  "a folder of generated files": {
    files: { "rules.yaml": "new" },
    refused: "",
    mayBeAbsent: true,
    run: async (folder) => void (await findStaleFiles(generatedIn(folder))),
  },
  "the file of a learned catalog": {
    files: { "catalog.ts": CATALOG },
    refused: "catalog.ts",
    run: (folder) =>
      catalogCommand.run(["--from", "http://127.0.0.1:1", "--out", join(folder, "catalog.ts")]),
  },
  "a project's package.json": {
    files: { "package.json": "{}" },
    refused: "package.json",
    run: (folder) => void readProject(folder),
  },
  "a project's page": {
    files: { "package.json": '{ "dependencies": { "vite": "8" } }', "index.html": "" },
    refused: "index.html",
    mayBeAbsent: true,
    run: (folder) => void readProject(folder),
  },
  "a project's server": {
    files: { "package.json": '{ "dependencies": { "express": "5" } }', "server.ts": "" },
    refused: "server.ts",
    mayBeAbsent: true,
    run: (folder) => void readProject(folder),
  },
  "a project's file that would be created": {
    files: { "package.json": "{}", "catalog.ts": CATALOG },
    refused: "catalog.ts",
    mayBeAbsent: true,
    run: (folder) => void create(readProject(folder), "catalog.ts", ""),
  },
};

testFileFaults(cases);
