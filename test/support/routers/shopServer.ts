import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type RequestListener } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Collector } from "@rumkit/server";
import { onTestFinished } from "vitest";
import { listen } from "../listen.ts";

type AnyCollector = Pick<Collector<never>, "httpMetrics" | "nodeHttpMetrics">;

/** Starts a shop that counts by a collector, and returns its origin. */
export type StartShop = (collector: AnyCollector) => Promise<string>;

/** A folder with one file, for those that serve files. */
export function filesFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), "rumkit-zoo-"));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  writeFileSync(join(folder, "app.js"), "app();");
  return folder;
}

export const listenTo = (listener: RequestListener): Promise<string> =>
  listen(createServer(listener).listen(0, "127.0.0.1"));
