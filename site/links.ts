import { readFileSync } from "node:fs";
import { join, posix } from "node:path";
import { SIDEBAR } from "./sidebar.ts";

export const ROOT = join(import.meta.dirname, "..");

export const PAGES = SIDEBAR.flatMap(({ pages }) => pages.map(({ file }) => file));

/** The folder of the site for other files that pages link to. */
const COPIES = "files";

/** `[text](href)` of Markdown, and `src="…"` or `href="…"` of tags in it. */
const LINKS = /(\]\(|\b(?:src|href)=")([^)"\s]+)/g;
const CODE = /^ *(```|~~~)[^]*?^ *\1|`[^`\n]*`/gm;

/** The path of a page in the site, without a leading slash: `docs/README.md` is `index.md`. */
export function routeOf(file: string): string {
  if (file === "README.md") return "readme.md";
  return file.replace(/^docs\//, "").replace(/(^|\/)README\.md$/, "$1index.md");
}

/**
 * The address in the site of what a page links to. The Markdown links as files do, so that it also works in a repository
 * browser. Pages become pages, and other files of the repository become text files of the site.
 */
export function resolveHref(file: string, href: string): string {
  const target = targetOf(file, href);
  if (target === undefined) return href;
  const [, anchor = ""] = /(#.*)$/.exec(href) ?? [];
  return `/${PAGES.includes(target) ? routeOf(target) : copyOf(target)}${anchor}`;
}

/** The files that pages link to and that are not pages, by their path in the site. */
export function linkedFiles(): Map<string, string> {
  const targets = PAGES.flatMap((file) => {
    const text = readFileSync(join(ROOT, file), "utf8").replaceAll(CODE, "");
    return [...text.matchAll(LINKS)].map(([, , href]) => targetOf(file, href!));
  });
  const files = targets.filter((target) => target !== undefined && !PAGES.includes(target));
  return new Map(files.map((target) => [copyOf(target!), target!]));
}

/** A page as Markdown for machines: the same text, with the addresses of the site. */
export function renderMarkdown(file: string): string {
  const text = readFileSync(join(ROOT, file), "utf8");
  return text.replaceAll(LINKS, (_all, start: string, href: string) => `${start}${resolveHref(file, href)}`);
}

/** The anchor of a heading, by the rule of GitHub: the same links work in the repository and in the site. */
export function slugify(heading: string): string {
  return heading
    .trim()
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{M}\p{N}\p{Pc}\- ]/gu, "")
    .replaceAll(" ", "-");
}

/** The file of the repository that a page links to; undefined for other addresses, and for places in the same page. */
function targetOf(file: string, href: string): string | undefined {
  if (/^(?:[a-z]+:|\/|#)/i.test(href)) return undefined;
  return posix.join(posix.dirname(file), decodeURI(href.replace(/#.*$/, "")));
}

/** Browsers show text files only by a name that says so. */
function copyOf(file: string): string {
  return `${COPIES}/${file}${file.endsWith(".webp") ? "" : ".txt"}`;
}
