/** The message of a bundle for a browser, a worker or an edge runtime that imports the collector by mistake. */
import { runInNewContext } from "node:vm";
import { build } from "esbuild";
import { expect, test } from "vitest";

async function bundle(code: string, condition: string): Promise<string> {
  const { outputFiles } = await build({
    stdin: { contents: code, resolveDir: import.meta.dirname },
    bundle: true,
    write: false,
    platform: "browser",
    format: "iife",
    globalName: "exported",
    conditions: [condition],
    logLevel: "silent",
  });
  return outputFiles[0]!.text;
}

test.each(["edge-light", "workerd", "worker", "browser"])(
  "the collector in a bundle for %s says that it needs Node.js, and what to do",
  async (condition) => {
    const code =
      'import { createCollector, openSqliteJournal } from "@rumkit/server"; createCollector(openSqliteJournal);';
    const script = await bundle(code, condition);
    expect(() => runInNewContext(script)).toThrow(
      /^\[rumkit\] @rumkit\/server needs Node\.js, .*NEXT_RUNTIME/,
    );
  },
);

test("the client of other services runs there", async () => {
  const code = 'export { createMetricsClient } from "@rumkit/client";';
  const script = await bundle(code, "edge-light");

  // No more than what an edge runtime has (`@edge-runtime/primitives`, Cloudflare's Workers).
  const context = {
    URL,
    AbortController,
    DOMException,
    TextDecoder,
    TextEncoder,
    crypto,
    setTimeout,
    clearTimeout,
    performance,
    process: { env: {} },
    fetch: async () => new Response("{}"),
  };
  const made = `${script}
    const metrics = exported.createMetricsClient({ url: "https://metrics.example" });
    metrics.increment("jobs.done");
    metrics.flush().then(() => metrics.status());`;
  expect(await runInNewContext(made, context)).toMatchObject({ delivered: 1, waiting: 0 });
});
