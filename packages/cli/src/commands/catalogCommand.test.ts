import { existsSync } from "node:fs";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createCollector, serveCollector } from "@rumkit/server";
import { expect, onTestFinished, test, vi } from "vitest";
import { listen } from "../../../../test/support/listen.ts";
import { main } from "./main.ts";

/** Runs the command, and reads what it says on both outputs. */
async function rumkit(args: string[]): Promise<{ readonly code: number; readonly output: string }> {
  let output = "";
  const collect = (text: string | Uint8Array): boolean => {
    output += String(text);
    return true;
  };
  const writes = [process.stdout, process.stderr].map((stream) =>
    vi.spyOn(stream, "write").mockImplementation(collect),
  );
  const code = await main(args);
  for (const write of writes) write.mockRestore();
  return { code, output };
}

test("a catalog is written once something was seen, and not before", async () => {
  const folder = await mkdtemp(join(tmpdir(), "rumkit-draft-"));
  onTestFinished(() => rm(folder, { recursive: true }));
  const collector = createCollector({ runtimeMetrics: false });
  onTestFinished(() => collector.stop());
  const origin = await listen(serveCollector({ collector }));
  const file = join(folder, "catalog.ts");
  const run = () => rumkit(["catalog", "--from", origin, "--out", file]);

  const early = await run();
  expect(early.code).toBe(1);
  expect(early.output).toContain("has seen no page view and no name yet: nothing was written.");
  expect(existsSync(file)).toBe(false);

  const events = [{ type: "page_view", route: "/" }];
  const body = JSON.stringify({ v: 1, id: "1".repeat(32), session: "2".repeat(32), sentAt: 0, events });
  const headers = { origin, "user-agent": "Mozilla/5.0 (X11; Linux x86_64) Firefox/140.0" };
  expect((await fetch(`${origin}/collect`, { method: "POST", body, headers })).ok).toBe(true);
  expect((await run()).code).toBe(0);
  expect(await readFile(file, "utf8")).toContain('routes: [\n    "/",\n  ]');
});
