import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { build } from "vite";
import { expect, test } from "vitest";

/** The pages that a newcomer starts with, built for production. test/e2e/startPages.test.ts runs and uses them. */

const ROOT = join(import.meta.dirname, "..");

/** Writes the code blocks of a page that start with a name of a file, and returns the folder. */
function writeFiles(page: string): string {
  const text = readFileSync(join(ROOT, `docs/${page}.md`), "utf8");
  const folder = join(ROOT, ".tmp/getStarted", page);
  rmSync(folder, { recursive: true, force: true });
  for (const [, name, code] of text.matchAll(/```tsx?\n\/\/ (\S+)\n([^]*?)```/g)) {
    mkdirSync(dirname(join(folder, name!)), { recursive: true });
    writeFileSync(join(folder, name!), code!);
  }
  return folder;
}

test.each(["start-react", "start-vite"])("docs/%s.md has an app that Vite builds", async (page) => {
  const root = writeFiles(page);
  const entry = page === "start-react" ? "main.tsx" : "main.ts";
  writeFileSync(
    join(root, "index.html"),
    `<div id="root"></div><script type="module" src="/src/${entry}"></script>`,
  );
  const { default: config } = (await import(join(root, "vite.config.ts"))) as { default: { server: object } };
  expect(config.server).toEqual({ proxy: { "/collect": "http://127.0.0.1:4000" } });
  const built = await build({
    root,
    configFile: false,
    logLevel: "silent",
    resolve: { conditions: ["@rumkit/source", "module", "browser", "production"] },
    build: { write: false, modulePreload: false },
  });
  const outputs = [built].flat() as { output: { type: string; code?: string }[] }[];
  const code = outputs.flatMap(({ output }) => output.map((chunk) => chunk.code ?? "")).join("");
  expect(code).toContain("add_to_cart");
  // Only the type of the catalog is in the page.
  expect(code).not.toContain("Items put into the cart.");
});
