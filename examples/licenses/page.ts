import { readFileSync } from "node:fs";
import { Hono } from "hono";
import type { Deployment } from "./release.ts";

/** Everything of the page is of this origin; the widths of its bars are set by its script. */
const POLICY =
  "default-src 'self'; style-src 'self'; img-src 'self' data:; frame-ancestors 'none'; base-uri 'none'; form-action 'none'";

/** The page at `/`: three files without a build. It reports the release that is deployed when it is opened. */
export function createPage(deployment: Deployment, grafana: string): Hono {
  const app = new Hono();
  const read = (name: string): string => readFileSync(`${import.meta.dirname}/page/${name}`, "utf8");
  const html = read("index.html").replace("GRAFANA", new URL("d/rumkit-licenses-business", grafana).href);
  const send = (path: string, type: string, text: () => string): void =>
    void app.get(path, (c) =>
      c.body(text(), 200, { "content-type": `${type}; charset=utf-8`, "content-security-policy": POLICY }),
    );
  send("/", "text/html", () => html.replaceAll("RELEASE", deployment.current.name));
  for (const [name, type] of [
    ["page.js", "text/javascript"],
    ["page.css", "text/css"],
  ] as const) {
    const text = read(name);
    send(`/${name}`, type, () => text);
  }
  return app;
}
