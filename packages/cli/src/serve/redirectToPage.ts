import type { RequestListener } from "node:http";

/** Returns the listener, which redirects `/` to the live page, with its query. */
export function redirectToPage(listener: RequestListener, livePath: string): RequestListener {
  // Relative, so that it also works below the prefix of a proxy.
  const page = livePath.slice(1);
  return (request, response) => {
    const { method, url = "" } = request;
    const isRoot = url === "/" || url.startsWith("/?");
    if (!isRoot || (method !== "GET" && method !== "HEAD")) {
      listener(request, response);
      return;
    }
    response.writeHead(302, { location: page + url.slice(1), "cache-control": "no-store" }).end();
  };
}
