import type { RequestListener } from "node:http";

/** Relative, so that it also works below the prefix of a proxy. */
const PAGE = "realtime";

/** Returns the listener, which leads from `/` to the live page, with its query. */
export function leadToPage(listener: RequestListener): RequestListener {
  return (request, response) => {
    const { method, url = "" } = request;
    const isRoot = url === "/" || url.startsWith("/?");
    if (!isRoot || (method !== "GET" && method !== "HEAD")) {
      listener(request, response);
      return;
    }
    response.writeHead(302, { location: PAGE + url.slice(1), "cache-control": "no-store" }).end();
  };
}
