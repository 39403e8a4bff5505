import { readFileSync } from "node:fs";
import { defineCatalog } from "@rumkit/protocol";
import { expect, onTestFinished, test } from "vitest";
import { createCollector } from "./createCollector.ts";
import { VERSION } from "../instrument/describeBackendMetrics.ts";

test("what runs here is said by its name, its release and its version", async () => {
  const file = readFileSync(new URL("../../package.json", import.meta.url), "utf8");
  expect((JSON.parse(file) as { version: string }).version).toBe(VERSION);
  const catalog = defineCatalog({ app: "shop", routes: [] });
  const { app, stop } = createCollector({ catalog, release: "1.2.0", runtimeMetrics: false });
  onTestFinished(() => stop());
  const headers = { accept: "application/openmetrics-text;version=1.0.0" };
  const text = await (await app.request("/metrics", { headers })).text();
  for (const lines of [
    '# TYPE app info\napp_info{app="shop",release="1.2.0"} 1\n',
    '# TYPE target info\ntarget_info{service_name="shop",service_version="1.2.0"} 1\n',
    `# TYPE rum_build info\nrum_build_info{version="${VERSION}"} 1\n`,
  ])
    expect(text).toContain(lines);
});
