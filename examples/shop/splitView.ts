import { readFileSync } from "node:fs";
import { Hono } from "hono";

const HTML = readFileSync(`${import.meta.dirname}/splitView.html`, "utf8");

/** Allows what the page consists of: its style and two pages of this origin. */
const POLICY =
  "default-src 'none'; style-src 'unsafe-inline'; img-src data:; frame-src 'self'; frame-ancestors 'none'";

/**
 * `GET /demo`: the shop and the live page beside each other. Mount it before the collector.
 *
 * The live page forbids every frame. The answers of this process allow a frame of the same origin instead; all other
 * rules of its policy stay.
 */
export function createSplitView(): Hono {
  const app = new Hono();
  app.get("/demo", (c) => c.html(HTML, 200, { "content-security-policy": POLICY }));
  app.use("/realtime", async (c, next) => {
    await next();
    const policy = c.res.headers.get("content-security-policy");
    if (policy !== null)
      c.res.headers.set(
        "content-security-policy",
        policy.replace("frame-ancestors 'none'", "frame-ancestors 'self'"),
      );
  });
  return app;
}
