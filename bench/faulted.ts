/**
 * Faults that an SDK of a page survives, ours and the peers', each with its documented start, in a real Chromium:
 * `npm run bench -- peers`. Each SDK sends to a local receiver, which writes down what arrives.
 */
import { execFileSync } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { BrowserContext } from "playwright-core";
import { bundle } from "../test/support/bundle.ts";
import { FAULTS, meet } from "./faults/faults.ts";
import { measureLaterRetry, renderLaterRetry } from "./faults/laterRetry.ts";
import { OTHERS, OURS, type Probe } from "./faults/probes.ts";
import { openBrowser } from "./openBrowser.ts";
import { isShort } from "./rounds.ts";

/** In a short run none: they are installed from npm. */
const probes: readonly Probe[] = isShort ? [OURS] : [OURS, ...OTHERS];
const faults = isShort ? FAULTS.slice(0, 4) : FAULTS;

/** SDKs leave out browsers that a program drives. This one says that it is Chrome. */
const USER_AGENT =
  "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/156.0.0.0 Safari/537.36";

const folder = mkdtempSync(join(tmpdir(), "rumkit-peers-"));
const scripts = new Map<string, string>();
try {
  const dependencies: Record<string, string> = {};
  for (const { packages } of probes) Object.assign(dependencies, packages);
  writeFileSync(join(folder, "package.json"), JSON.stringify({ private: true, dependencies }));
  const flags = ["--ignore-scripts", "--no-audit", "--no-fund", "--silent", "--legacy-peer-deps"];
  if (!isShort) execFileSync("npm", ["install", ...flags], { cwd: folder, stdio: "inherit" });
  for (const probe of probes) scripts.set(probe.title, await scriptOf(probe));
} finally {
  rmSync(folder, { recursive: true });
}

const pages = createServer((request, response) => {
  const title = decodeURIComponent(/^\/([^?]*)/.exec(request.url ?? "")?.[1] ?? "");
  const script = scripts.get(title) ?? "";
  response
    .writeHead(200, { "content-type": "text/html; charset=utf-8" })
    .end(
      `<!doctype html><title>${title}</title><link rel=icon href=data:,><h1>Shop</h1><p>${"Text to paint. ".repeat(40)}` +
        `<script>${script.replaceAll("</script", "<\\/script")}</script>`,
    );
});
pages.listen(0, "127.0.0.1");
await once(pages, "listening");
const { port } = pages.address() as AddressInfo;

const browser = await openBrowser({
  args: [
    "--disable-blink-features=AutomationControlled",
    "--disable-background-timer-throttling",
    "--disable-backgrounding-occluded-windows",
    "--disable-renderer-backgrounding",
  ],
});
const open = (): Promise<BrowserContext> => browser.newContext({ userAgent: USER_AGENT });

const rows = new Map<string, ReadonlyMap<string, string>>();
// All at once, because nearly all of it is waiting.
await Promise.all(
  faults.map(async (fault) => {
    const outcomes = await Promise.all(
      probes.map(async (probe) => {
        const pageOf = (to: string): string =>
          `http://127.0.0.1:${port}/${encodeURIComponent(probe.title)}?to=${encodeURIComponent(to)}`;
        return [probe.title, await meet(probe, fault, open, pageOf)] as const;
      }),
    );
    rows.set(fault.title, new Map(outcomes));
    console.log(`\n${fault.title}`);
    console.table(Object.fromEntries(outcomes.map(([title, outcome]) => [title, { outcome }])));
  }),
);
await browser.close();
pages.close();
console.log(`\nChromium ${browser.version()}, Node ${process.version}`);
const header = ["", ...probes.map(({ title }) => title)];
console.log(`| ${header.join(" | ")} |\n|${" --- |".repeat(header.length)}`);
for (const { title } of faults) {
  console.log(`| ${title} | ${probes.map((probe) => rows.get(title)!.get(probe.title)).join(" | ")} |`);
}

console.log(
  `\nA retry that comes later than the window of a log\n${renderLaterRetry(await measureLaterRetry())}`,
);

/** The script of a page with an SDK, by Vite's production build; boomerang's files are scripts as they come. */
async function scriptOf({ packages, code, files = [] }: Probe): Promise<string> {
  const [name = ""] = Object.keys(packages);
  const plain = files.map((file) => readFileSync(join(folder, "node_modules", name, file), "utf8"));
  const start = `const URL = new globalThis.URLSearchParams(location.search).get("to"); ${code}`;
  if (plain.length > 0) return [...plain, `(() => { ${start} })();`].join("\n");
  const { text } = await bundle(hoistImports(start), {
    ...(name !== "" && { resolveDir: folder }),
    format: "iife",
  });
  return text;
}

/** Imports come first in a module; the code of a probe begins with them. */
function hoistImports(text: string): string {
  const imports = [...text.matchAll(/import [^;]+;/g)].map(([line]) => line);
  return `${imports.join("\n")}\n${text.replaceAll(/import [^;]+;/g, "")}`;
}
