import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import type { AddressInfo } from "node:net";
import { dirname, join } from "node:path";
import { build } from "vite";
import { expect, test } from "vitest";

/** The pages that a newcomer starts with: their files are written, run and used as the page says. */

const ROOT = join(import.meta.dirname, "..");

/** Writes the code blocks of a page that start with a name of a file, and returns the folder. */
function writeFiles(page: string, change = (code: string): string => code): string {
  const text = readFileSync(join(ROOT, `docs/${page}.md`), "utf8");
  const folder = join(ROOT, ".tmp/getStarted", page);
  rmSync(folder, { recursive: true, force: true });
  for (const [, name, code] of text.matchAll(/```tsx?\n\/\/ (\S+)\n([^]*?)```/g)) {
    mkdirSync(dirname(join(folder, name!)), { recursive: true });
    writeFileSync(join(folder, name!), change(code!));
  }
  return folder;
}

async function findPort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, "close");
  return port;
}

/** A start reads every source of the collector: on a busy machine it takes minutes. */
const PATIENT = { timeout: 500_000 };

test.each(["start-express", "start-hono", "start-fastify"])(
  "docs/%s.md counts an order once",
  async (page) => {
    const port = await findPort();
    const folder = writeFiles(page, (code) => code.replace("4000", String(port)));
    writeFileSync(join(folder, "package.json"), '{ "type": "module" }');
    const server = spawn(process.execPath, ["--conditions=@rumkit/source", "server.ts"], {
      cwd: folder,
      stdio: ["ignore", "ignore", "pipe"],
    });
    let printed = "";
    server.stderr.on("data", (chunk) => (printed += String(chunk)));
    try {
      const url = `http://127.0.0.1:${port}`;
      await expect
        .poll(
          async () => [server.exitCode, server.exitCode === null ? "" : printed, await isUp(url)],
          PATIENT,
        )
        .toEqual([null, "", true]);
      for (let time = 0; time < 2; time += 1)
        expect((await fetch(`${url}/api/checkout`, { method: "POST" })).status).toBe(200);
      const metrics = await (await fetch(`${url}/metrics`)).text();
      expect(metrics).toContain('revenue_total{conversion="purchase",currency="USD"} 19.99');
      expect((await fetch(`${url}/realtime`)).status).toBeLessThan(500);
    } finally {
      server.kill();
      if (server.exitCode === null && server.signalCode === null) await once(server, "exit");
    }
  },
  600_000,
);

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

async function isUp(url: string): Promise<boolean> {
  return fetch(`${url}/healthz`).then(
    ({ ok }) => ok,
    () => false,
  );
}
