import type { SourceContext } from "../contract/source.ts";

/**
 * Requests by which frameworks fetch the next page, or prefetch one: Next.js (`?_rsc=`, `/_next/data/`), Remix and
 * React Router (`?_data=`, `.data`), SvelteKit (`__data.json`), Nuxt (`_payload.json`), Gatsby (`page-data.json`).
 */
const PAGE_DATA = /[?&]_(rsc|data)=|\/_next\/data\/|\/(__data|_payload|page-data)\.json|\.data(\?|$)/;

/**
 * The address of a request as it may travel: the path, of another origin with the origin, without query and
 * hash. Nothing for a request to the collector, for one that `ignoreUrls` names, for one that reads the data of a
 * page, and for what is no address.
 */
export const endpointOf = (
  { options: { url, ignoreUrls = [] } }: SourceContext,
  address: string,
  // A write to such an address is the app's own call: an action of Remix.
  isRead = true,
): string | undefined => {
  try {
    const { href, origin, pathname } = new URL(address, location as never);
    const collector = new URL(url, location as never);
    // The rest of a `data:` address is what it holds.
    if (!href.startsWith("http") || (isRead && PAGE_DATA.test(href))) return undefined;
    if (ignoreUrls.some((pattern) => href.match(pattern))) return undefined;
    if (origin === collector.origin && `${pathname}/`.startsWith(`${collector.pathname}/`)) return undefined;
    return origin === location.origin ? pathname : origin + pathname;
  } catch {
    return undefined;
  }
};
