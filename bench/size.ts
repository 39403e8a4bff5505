/**
 * Bytes that a page downloads, ours and the peers', with each one's documented start: `npm run bench -- size`.
 *
 * Installs the peers from npm into a folder outside of the repository, and builds every entry alike: Vite's
 * production build, as the test of our budgets does. React is the page's own, and is left out of all.
 */
import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { version as viteVersion } from "vite";
import { type Bundle, bundle } from "../test/support/bundle.ts";
import {
  codeOf,
  CORE,
  CORE_AND_VITALS,
  DEFAULT_SET,
  EVERY_SOURCE,
  SCRIPT_TAG,
} from "../test/support/pageEntries.ts";
import { PEERS as ALL_PEERS } from "./peers.ts";
import { isShort } from "./rounds.ts";

/** In a short run none: they are installed from npm. */
const PEERS = isShort ? [] : ALL_PEERS;

const OURS = [
  { title: "rumkit core: page views, clicks, errors, typed calls", code: codeOf(CORE) },
  { title: "rumkit core with five vitals", code: codeOf(CORE_AND_VITALS) },
  { title: "rumkit createMetrics(), the default set", code: codeOf(DEFAULT_SET) },
  { title: "rumkit /rum.js: the default set without a bundler", code: SCRIPT_TAG },
  { title: "rumkit, every source", code: codeOf(EVERY_SOURCE) },
];

const REACT = [/^react(\/|$)/, /^react-dom(\/|$)/];

type Row = { entry: string; version: string } & (Bundle["sizes"] | { problem: string });

const folder = mkdtempSync(join(tmpdir(), "rumkit-size-"));
const rows: Row[] = [];
try {
  const dependencies: Record<string, string> = {};
  for (const { packages } of PEERS) Object.assign(dependencies, packages);
  writeFileSync(join(folder, "package.json"), JSON.stringify({ private: true, dependencies }));
  if (!isShort) console.log("Installing the peers …");
  const flags = ["--ignore-scripts", "--no-audit", "--no-fund", "--silent", "--legacy-peer-deps"];
  if (!isShort) execFileSync("npm", ["install", ...flags], { cwd: folder, stdio: "inherit" });

  for (const { title, code } of OURS)
    rows.push({ entry: title, version: "", ...(await bundle(code, { external: REACT })).sizes });
  for (const { title, packages, code } of PEERS)
    rows.push({
      entry: title,
      version: Object.values(packages)[0]!,
      ...(await sizesOf(code)),
    });
} finally {
  rmSync(folder, { recursive: true });
}

const [, withVitals, defaultSet] = rows.map(brotliOf);
console.log(`\nVite ${viteVersion}, Node ${process.version}; bytes, each chunk compressed for itself\n`);
console.table(
  rows.map((row) => ({
    ...row,
    "× default set": Number((brotliOf(row) / defaultSet!).toFixed(2)),
    "× core with vitals": Number((brotliOf(row) / withVitals!).toFixed(2)),
  })),
);

/** A peer that Vite cannot build stays in the table, with the reason. */
async function sizesOf(code: string): Promise<Bundle["sizes"] | { problem: string }> {
  try {
    return (await bundle(code, { resolveDir: folder, external: REACT })).sizes;
  } catch (error) {
    return { problem: `no build: ${String(error).split("\n").slice(0, 3).join(" ").slice(0, 160)}` };
  }
}

function brotliOf(row: Row): number {
  return "brotli" in row ? row.brotli : NaN;
}
