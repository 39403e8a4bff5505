import type { SourceContext } from "../source.ts";

/**
 * The address of a request as it may travel: the path, of another origin with the origin, without query and
 * hash. Nothing for a request to the collector, and for what is no address.
 */
export function endpointOf(
  { options: { url = "/collect" } }: SourceContext,
  address: string,
): string | undefined {
  try {
    const { origin, pathname, protocol } = new URL(address, location.href);
    // The rest of a `data:` address is what it holds.
    if (!protocol.startsWith("http")) return undefined;
    const collector = new URL(url, location.href);
    if (origin === collector.origin && `${pathname}/`.startsWith(`${collector.pathname}/`)) return undefined;
    return origin === location.origin ? pathname : origin + pathname;
  } catch {
    return undefined;
  }
}
