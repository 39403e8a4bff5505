/** The TypeScript samples of the Markdown that users read, as files that compile together. */
import { globSync, readFileSync } from "node:fs";
import { join } from "node:path";

const ROOT = join(import.meta.dirname, "../../..");

/** The folder that they are written to, below the root of the repository. */
export const SAMPLES = ".tmp/samples";

/** All Markdown with samples: docs, the README and those of the packages and examples. */
export const PAGES: readonly string[] = [
  "README.md",
  ...globSync(["docs/**/*.md", "packages/*/README.md", "examples/*/README.md"], { cwd: ROOT }),
].toSorted();

/** The values that samples take as given, such as the `collector` that an earlier sample creates. */
const GIVEN = readFileSync(join(import.meta.dirname, "given.ts"), "utf8");

const namesIn = (pattern: RegExp): string[] =>
  [...GIVEN.matchAll(pattern)].flatMap(([, names]) => names!.split(",").map((name) => name.trim()));
const GIVEN_VALUES = namesIn(/^export (?:declare const |declare class |\{)([^:{}]+)/gm);
const GIVEN_TYPES = namesIn(/^export (?:interface |type \{)([^{}]+)/gm);

/** Their catalog, where the page has none. */
const CATALOG = readFileSync(join(import.meta.dirname, "catalog.ts"), "utf8");

/** Its files are those of apps that Next.js checks and builds: see docs.test.ts. */
const BUILT = "docs/next.md";

export interface SampleFile {
  /** Below the folder that all are written to. The folder of a page is its path: `docs/page.md/consent.ts`. */
  readonly path: string;
  readonly code: string;
}

/**
 * A block of code, with the mark in front of it that a reader of the page does not see:
 * `<!-- sample: createCollector({ catalog, … }) -->` says what the block is a part of.
 */
const BLOCK = /^(?:<!-- sample: (?<within>.*) -->\n+)?```(?<language>tsx?)\n(?<code>[^]*?)^```$/gm;

/** The files of a page. Their code is on the lines that it has in the page, so an error names those. */
export function readSamples(page: string, text = readFileSync(join(ROOT, page), "utf8")): SampleFile[] {
  const blocks = [...text.matchAll(BLOCK)];
  if (blocks.length !== [...text.matchAll(/```tsx?\b/g)].length)
    throw new Error(
      `${page} has a sample that is not read: it is indented, or its fence says more than ts or tsx.`,
    );
  const files = blocks.flatMap((block) => filesOf(page, text, block));
  const folder = (name: string): boolean => files.some(({ path }) => path === join(page, name));
  const missing = files.length > 0 && !folder("catalog.ts") && !folder("src/catalog.ts");
  return missing ? [...files, { path: join(page, "catalog.ts"), code: CATALOG }] : files;
}

/** A block is one file, or several that each start with a line of their name. */
function filesOf(page: string, text: string, block: RegExpExecArray): SampleFile[] {
  const { within = "…", language, code } = block.groups!;
  const line = text.slice(0, block.index + block[0].indexOf("```")).split("\n").length;
  const starts = [...code!.matchAll(/^\/\/ (\S+\.tsx?)$/gm)];
  if (starts.length === 0) {
    const [before = "", after = ""] = within.split("…");
    const sample = join(page, `line${line}.${language}`);
    return [complete(sample, line, before + code! + after)];
  }
  if (page === BUILT) return [];
  return starts.map(({ 1: name, index }, at) => {
    const part = code!.slice(index, starts[at + 1]?.index);
    return complete(join(page, name!), line + code!.slice(0, index).split("\n").length - 1, part);
  });
}

/** Imports what is given, on the line of the fence. A sample without imports and exports is a module as well. */
function complete(path: string, line: number, code: string): SampleFile {
  const given = `${"../".repeat(join(SAMPLES, path).split("/").length - 1)}test/support/samples/given.ts`;
  const taken = (names: string[]): string => names.filter((name) => isTaken(name, code)).join(", ");
  const values = taken(GIVEN_VALUES);
  const types = taken(GIVEN_TYPES);
  const catalog = isTaken("catalog", code) ? `import { catalog } from "./catalog.ts"; ` : "";
  const imports = `import { ${values} } from "${given}"; import type { ${types} } from "${given}"; `;
  return { path, code: `${"\n".repeat(line - 1)}${catalog}${imports}\n${code}` };
}

/** Code uses this name, and does not import or declare it. */
function isTaken(name: string, code: string): boolean {
  const declared = [
    `\\b(?:const|let|function\\*?|class|type|interface) ${name}\\b`,
    `\\bconst [{[][^=]*\\b${name}\\b[^=]*=`,
    `\\bimport [^;]*\\b${name}\\b[^;]* from`,
  ];
  // `{ ...order }` uses it, `request.order` does not.
  const used = new RegExp(`(?<!(?:^|[^.])\\.)\\b${name}\\b`);
  return used.test(code) && !new RegExp(declared.join("|")).test(code.replaceAll(/\/\/.*$/gm, ""));
}
