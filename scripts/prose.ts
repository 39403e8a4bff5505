/**
 * Checks the English of comments, messages and Markdown: plain words, American spelling, the subject first.
 *
 * `node scripts/prose.ts` names each place in the folders that are done; `node scripts/prose.ts packages/server`
 * names those of any other.
 */
import { globSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { parseSync, Visitor } from "vite";
import { ROOT } from "./steps.ts";

/** Folders and files that are free of these phrases. */
const DONE = [
  "README.md",
  "CONTRIBUTING.md",
  "SECURITY.md",
  "docs",
  ".changeset",
  "bench",
  "deploy",
  "examples",
  "packages",
  "scripts",
  "test",
];

/** Code of others, and the test of this check, which has such phrases on purpose. */
const EXCLUDED = ["**/node_modules/**", "**/dist/**", "**/.next/**", "test/prose.test.ts"];

/** Phrases that make a reader stop, and the words to use instead. A blank stands for any white space. */
const PHRASES: readonly (readonly [phrase: string, better: string])[] = [
  ["nobody('s)?", "no one, or name the subject"],
  ["(whoever|whomever)", "anyone who, or name the subject"],
  ["somebody('s)?", "someone, or name the subject"],
  ["of (its|their|our|your) own", "its own X, separate"],
  ["(has|have) to be", "must be"],
  ["(?<!there )(is|are) no(?! (longer|more|less|later)\\b|:|-)", "is not a"],
  ["(?<!there )(is|are) none", "is invalid, is unknown"],
  ["besides", "also, next to, apart from"],
  ["no news", "unchanged, nothing new"],
  ["(?<=(a|one|each|every|next|last) )look(?! at|-)", "poll, check"],
  ["(is|are|be|was|were|been) told", "is reported, learns"],
  ["tells? of", "reports, describes"],
  ["the way of (an?|the|its)", "the pipeline of, the path of"],
  ["so that [^.;:]{1,120} such that", "two sentences"],
  ["a (second|minute|hour|day) of an?", "per second and X"],
  ["is (\\S+ )?meant\\?", "Did you mean X?"],
  ["(is|are) at fault", "is invalid, is wrong"],
  ["catalogues?", "catalog"],
  ["(behavio|colo|favo|hono|neighbo)ur\\w*", "American spelling: -or"],
  ["(licence|centre|grey|artefact|whilst|judgement)s?", "American spelling"],
  [
    "\\w*(seriali|normali|initiali|optimi|recogni|minimi|organi|authori|summari)s(e|ed|es|ing|ation)",
    "American spelling: -ize",
  ],
  ["(label|travel|model|signal)l(ed|ing)", "American spelling: one l"],
];

const BANNED = PHRASES.map(
  ([phrase, better]) => [new RegExp(`\\b(${phrase})(?!\\w)`.replaceAll(" ", "\\s+"), "gi"), better] as const,
);

/** A doc comment that opens with a question word names nothing. */
const OPENING = /^(\/\*\*[\s*]*)(What|Where|Whether|Who|Whose|Whom|How|That)\b/;

/** Code, quotes and addresses are not our words; the marks of comment lines are not words. */
const QUOTED = /`[^`]*`|"[^"\n]*"|“[^”]*”|\]\([^)]*\)|https?:\/\/\S+|^\s*(\*|\/\/)/gm;
const MARKDOWN_CODE = /^ *(```|~~~)[^]*?^ *\1|^ *>.*$/gm;

/** Each banned phrase of a file: its line, and the better words. */
export function findPhrases(file: string, source: string): string[] {
  return textsOf(file, source).flatMap(([start, end]) => {
    const text = source.slice(start, end);
    const prose = text.replace(MARKDOWN_CODE, blank).replace(QUOTED, blank);
    const found = BANNED.flatMap(([phrase, better]) =>
      [...prose.matchAll(phrase)].map(({ index, 0: words }) => ({ index, words, better })),
    );
    const [opening, , word] = OPENING.exec(text) ?? [];
    if (word) found.push({ index: opening!.length - word.length, words: word, better: "name the thing" });
    return found.map(({ index, words, better }) => {
      const line = source.slice(0, start + index).split("\n").length;
      return `${file}:${line} "${words.replaceAll(/\s+/g, " ")}": ${better}.`;
    });
  });
}

/** The places of what people read: all of a Markdown file; comments, and strings of three words, of a source. */
function textsOf(file: string, source: string): [start: number, end: number][] {
  if (file.endsWith(".md")) return [[0, source.length]];
  const { comments, program } = parseSync(file, source);
  const texts: [number, number][] = [];
  for (const { type, start, end } of comments) {
    const last = texts.at(-1);
    // Lines of `//` in a row are one text.
    if (type === "Line" && last && /^\s*$/.test(source.slice(last[1], start))) last[1] = end;
    else texts.push([start, end]);
  }
  const add = ({ start, end }: { start: number; end: number }): void => {
    if (/\w+\s+\w+\s+\w+/.test(source.slice(start, end))) texts.push([start + 1, end - 1]);
  };
  new Visitor({ Literal: add, TemplateElement: add, JSXText: add }).visit(program);
  return texts;
}

/** Keeps places and lines. */
function blank(text: string): string {
  return text.replaceAll(/[^\n]/g, " ");
}

/** The banned phrases of a folder or file of the repository. */
function readPath(path: string): string[] {
  const pattern = path.endsWith(".md") ? path : `${path}/**/*.{ts,tsx,cts,mjs,md}`;
  const files = globSync(pattern, { cwd: ROOT, exclude: EXCLUDED });
  return files.toSorted().flatMap((file) => findPhrases(file, readFileSync(join(ROOT, file), "utf8")));
}

/** The banned phrases of everything that is done. */
export function readDone(): string[] {
  return DONE.flatMap(readPath);
}

if (import.meta.main) {
  const paths = process.argv.slice(2);
  const found = paths.length > 0 ? paths.flatMap(readPath) : readDone();
  for (const line of found) console.error(line);
  process.exitCode = found.length === 0 ? 0 : 1;
}
