import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import type { Plugin } from "vite";
import { defineConfig, type MarkdownRenderer } from "vitepress";
import { resolveHref, ROOT, routeOf, slugify } from "../links.ts";
import { readMachineFiles, SUMMARY } from "../machineFiles.ts";
import { SIDEBAR } from "../sidebar.ts";

/** `npm run docs` has the files that a build writes. */
const machineFiles: Plugin = {
  name: "rumkit:machine-files",
  configureServer({ middlewares }) {
    middlewares.use(({ url = "" }, answer, next) => {
      const isFile = url === "/llms.txt" || url.startsWith("/files/");
      const content = isFile ? readMachineFiles().get(url.slice(1)) : undefined;
      if (content === undefined) return next();
      answer.setHeader("content-type", url.endsWith(".webp") ? "image/webp" : "text/plain; charset=utf-8");
      answer.end(content);
    });
  },
};

/** The site is built from the files that the repository shows: docs/, and the README files beside code. */
export default defineConfig({
  title: "rumkit",
  description: SUMMARY,
  srcDir: ROOT,
  srcExclude: ["{.changeset,.ci,.tmp,deploy,examples,scripts,site,test}/**", "packages/*/!(README.md)/**"],
  rewrites: routeOf,
  outDir: join(ROOT, ".tmp/site"),
  cacheDir: join(ROOT, ".tmp/siteCache"),
  // Programs that the reader starts.
  ignoreDeadLinks: [/^http:\/\/(localhost|127\.0\.0\.1)[:/]/],
  markdown: {
    anchor: { slugify },
    config: resolveLinks,
    // The highlighter does not have these.
    languageAlias: { alloy: "hcl", caddyfile: "nginx", logql: "txt" },
  },
  themeConfig: {
    search: { provider: "local" },
    outline: [2, 3],
    sidebar: SIDEBAR.filter(({ pages }) => pages.length > 0).map(({ title, pages }) => ({
      text: title,
      collapsed: title !== "Get started",
      items: pages.map((page) => ({ text: page.title, link: `/${routeOf(page.file)}` })),
    })),
  },
  vite: { plugins: [machineFiles] },
  buildEnd({ outDir }) {
    for (const [path, content] of readMachineFiles()) {
      mkdirSync(dirname(join(outDir, path)), { recursive: true });
      writeFileSync(join(outDir, path), content);
    }
  },
});

/** Turns links to files into addresses of the site. */
function resolveLinks(markdown: MarkdownRenderer): void {
  markdown.core.ruler.push("rumkit-links", ({ tokens, env }) => {
    // The index of the search has no `realPath`: its `path` is that of the file.
    const { realPath, path } = env as { realPath?: string; path: string };
    const file = (realPath ?? path).slice(ROOT.length + 1);
    for (const token of tokens.flatMap((block) => [block, ...(block.children ?? [])])) {
      if (token.type === "link_open") token.attrSet("href", resolveHref(file, token.attrGet("href")!));
      // Vue finds the file of a picture by a path that starts with a dot.
      if (token.type.startsWith("html_"))
        token.content = token.content.replaceAll(/\b(src|srcset)="(?!\.|https?:)/g, '$1="./');
    }
  });
}
