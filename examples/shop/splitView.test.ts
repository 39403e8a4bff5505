import { createCollector } from "@rumkit/server";
import { Hono } from "hono";
import { expect, onTestFinished, test } from "vitest";
import { catalog } from "./catalog.ts";
import { createSplitView } from "./splitView.ts";

const policyOf = async (app: Hono, path: string): Promise<string> =>
  (await app.request(path)).headers.get("content-security-policy") ?? "";

test("only the demo allows its own origin to frame the live page, and changes nothing else of the policy", async () => {
  const collector = createCollector({ catalog });
  onTestFinished(() => collector.stop());
  const app = new Hono().route("/", createSplitView()).route("/", collector.app);

  const plain = await policyOf(new Hono().route("/", collector.app), "/realtime");
  expect(plain).toContain("frame-ancestors 'none'");
  expect(await policyOf(app, "/realtime")).toBe(
    plain.replace("frame-ancestors 'none'", "frame-ancestors 'self'"),
  );
});

test("the demo shows the shop first and the live page second, and cannot be framed itself", async () => {
  const app = createSplitView();
  const html = await (await app.request("/demo")).text();
  expect([...html.matchAll(/<iframe src="(.*?)"/g)].map((match) => match[1])).toEqual(["/", "/realtime"]);
  expect(await policyOf(app, "/demo")).toContain("frame-ancestors 'none'");
});
