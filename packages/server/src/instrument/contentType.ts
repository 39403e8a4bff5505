import type { ServerResponse } from "node:http";

/**
 * Reads the content type from the arguments of `writeHead`, which Node does not expose afterwards, else from the
 * headers that were set before.
 */
export function contentTypeOf(response: ServerResponse, headers: unknown): unknown {
  if (Array.isArray(headers)) {
    const at = headers.findIndex((name, index) => index % 2 === 0 && isContentType(name));
    if (at >= 0) return headers[at + 1];
  } else if (typeof headers === "object" && headers !== null) {
    for (const name in headers) {
      if (isContentType(name)) return (headers as Record<string, unknown>)[name];
    }
  }
  return response.getHeader("content-type");
}

function isContentType(name: unknown): boolean {
  // The usual spellings, without a copy in lower case.
  if (name === "Content-Type" || name === "content-type") return true;
  return typeof name === "string" && name.length === 12 && name.toLowerCase() === "content-type";
}

/** Returns true for the media type of server-sent events: HTML standard, section 9.2. */
export function isEventStream(contentType: unknown): boolean {
  return typeof contentType === "string" && contentType.startsWith("text/event-stream");
}
