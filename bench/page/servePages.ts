import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import type { Page } from "./pages.ts";

export interface PagesServer {
  readonly origin: string;
  stop(): void;
}

/** Serves each page at its path, and takes every batch at `/collect`. */
export async function servePages(pages: readonly Page[]): Promise<PagesServer> {
  const html = new Map(pages.map((page) => [page.path, render(page)]));
  const server = createServer((request, response) => {
    const page = html.get(request.url ?? "");
    request.resume();
    if (request.method === "POST") response.writeHead(204).end();
    else if (page === undefined) response.writeHead(404).end();
    else
      response
        .writeHead(200, {
          "content-type": "text/html; charset=utf-8",
          // An isolated page has a clock of 5 µs; any other, of 100 µs.
          "cross-origin-opener-policy": "same-origin",
          "cross-origin-embedder-policy": "require-corp",
        })
        .end(page);
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return {
    origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    stop: () => {
      server.close();
      server.closeAllConnections();
    },
  };
}

/**
 * A script that is appended runs before `append` returns, with nothing between: `startMs` is its parsing,
 * compiling and running, and no part of it is cached from an earlier load.
 */
function render({ title, script }: Page): string {
  return `<!doctype html><html lang="en"><meta charset="utf-8"><title>${title}</title>
<h1>${title}</h1><p>${"A paragraph to be painted. ".repeat(20)}</p>
<button type="button" data-rum="buy" style="width:200px;height:60px">Buy</button>
<script type="text/plain" id="text">${script.replaceAll("</script", "<\\/script")}</script>
<script>
  const script = document.createElement("script");
  script.textContent = document.getElementById("text").textContent;
  const start = performance.now();
  document.head.append(script);
  window.startMs = performance.now() - start;
</script></html>`;
}
