import { spawnSync } from "node:child_process";
import { existsSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { join, posix } from "node:path";
import { beforeAll, describe, expect, test } from "vitest";
import { PAGES, routeOf } from "../site/links.ts";

const ROOT = join(import.meta.dirname, "..");
const SITE = join(ROOT, ".tmp/testedSite");

test("every page of docs/ is in the sidebar exactly once", () => {
  const files = ["docs", "docs/runbooks", "docs/skill"].flatMap((folder) =>
    readdirSync(join(ROOT, folder))
      .filter((name) => name.endsWith(".md"))
      .map((name) => `${folder}/${name}`),
  );
  expect(PAGES.filter((file) => file.startsWith("docs/")).toSorted()).toEqual(files.toSorted());
  expect(PAGES.toSorted()).toEqual([...new Set(PAGES)].toSorted());
});

describe("the site, built", () => {
  /** Every file of the site, with the text of those that are pages. */
  const files = new Set<string>();
  const pages = new Map<string, string>();

  beforeAll(() => {
    rmSync(SITE, { recursive: true, force: true });
    // It ends with an error for a link to a page that does not exist.
    const build = spawnSync("vitepress", ["build", "site", "--outDir", SITE], {
      cwd: ROOT,
      encoding: "utf8",
    });
    expect([build.status, build.status === 0 ? "" : build.stdout + build.stderr]).toEqual([0, ""]);
    for (const file of readdirSync(SITE, { recursive: true, encoding: "utf8" })) {
      files.add(file);
      if (file.endsWith(".html")) pages.set(file, readFileSync(join(SITE, file), "utf8"));
    }
  }, 600_000);

  test("has a page for each page of the sidebar, and no other", () => {
    const expected = PAGES.map((file) => routeOf(file).replace(/md$/, "html"));
    expect([...pages.keys()].toSorted()).toEqual([...expected, "404.html"].toSorted());
  });

  test("every link, anchor, picture and script resolves", () => {
    const ids = new Map(
      [...pages].map(([page, html]) => [page, new Set(matches(html, /\sid="([^"]*)"/g))] as const),
    );
    const broken: string[] = [];
    let checked = 0;
    for (const [page, html] of pages) {
      for (const href of matches(html, /\s(?:href|src)="([^"]*)"/g)) {
        if (/^(https?|data):/.test(href)) continue;
        checked += 1;
        const [path = "", anchor] = decodeURI(href).split("#");
        const base = path.startsWith("/") ? path.slice(1) : posix.join(posix.dirname(page), path);
        const target = path === "" ? page : base === "" || base.endsWith("/") ? `${base}index.html` : base;
        if (!files.has(target) || (anchor && !ids.get(target)?.has(anchor))) broken.push(`${page}: ${href}`);
      }
    }
    expect(broken).toEqual([]);
    expect(checked).toBeGreaterThan(3000);
  });

  test("the search finds every page", () => {
    const chunk = [...files].find((file) => /@localSearchIndexroot\./.test(file))!;
    const index = readFileSync(join(SITE, chunk), "utf8");
    const missing = [...pages.keys()].filter((page) => page !== "404.html" && !index.includes(`/${page}`));
    // The index names the first page of a folder by the folder.
    expect(missing.filter((page) => !page.endsWith("index.html"))).toEqual([]);
  });

  test("requests nothing from other hosts", () => {
    const loaded = [...pages].flatMap(([page, html]) =>
      matches(
        html,
        /<(?:script|img|link|iframe|source)\b[^>]*?\s(?:src|href|srcset)="((?:https?:)?\/\/[^"]*)"/g,
      ).map((address) => `${page}: ${address}`),
    );
    expect(loaded).toEqual([]);
    const styles = [...files].filter((file) => file.endsWith(".css"));
    expect(styles.length).toBeGreaterThan(0);
    for (const file of styles)
      expect([file, /url\(["']?(https?:)?\/\//.test(readFileSync(join(SITE, file), "utf8"))]).toEqual([
        file,
        false,
      ]);
  });

  test("llms.txt names every page, and each is there as Markdown whose links resolve", () => {
    const llms = readFileSync(join(SITE, "llms.txt"), "utf8");
    expect(matches(llms, /\]\((\/[^)]*)\)/g).toSorted()).toEqual(
      PAGES.map((file) => `/${routeOf(file)}`).toSorted(),
    );
    const missing = PAGES.flatMap((file) => {
      const text = readFileSync(join(SITE, routeOf(file)), "utf8").replaceAll(
        /^ *```[^]*?^ *```|`[^`\n]*`/gm,
        "",
      );
      return matches(text, /\]\((\/[^)#]*)/g).filter((path) => !existsSync(join(SITE, path)));
    });
    expect(missing).toEqual([]);
  });
});

/** The first group of each match. */
function matches(text: string, pattern: RegExp): string[] {
  return [...text.matchAll(pattern)].map(([, group]) => group!);
}
