/** Decodes the percent-encoding of a path's segment. A malformed one only gets its escapes in upper case. */
export function decodeSegment(segment: string): string {
  if (!segment.includes("%")) return segment;
  try {
    return decodeURIComponent(segment);
  } catch {
    // The case of hexadecimal digits does not count either (RFC 3986, 6.2.2.1).
    return segment.replace(/%../g, (escape) => escape.toUpperCase());
  }
}
