import type { SourceContext } from "../contract/source.ts";

/**
 * URLs from which frameworks fetch or prefetch pages: Next.js (`?_rsc=`, `/_next/data/`), Remix and React Router
 * (`?_data=`, `.data`), SvelteKit (`__data.json`), Nuxt (`_payload.json`), Gatsby (`page-data.json`).
 */
const PAGE_DATA = /[?&]_(rsc|data)=|\/_next\/data\/|\/(__data|_payload|page-data)\.json|\.data(\?|$)/;

/**
 * Returns the part of a request's URL that is sent: the path, preceded by the origin if it differs from the page's,
 * without query and hash. Returns undefined for requests to the collector, for matches of `ignoreUrls`, for reads of page
 * data, and for invalid URLs.
 */
export const endpointOf = (
  { options: { url, ignoreUrls = [] } }: SourceContext,
  address: string,
  // A write to such a URL is a call of the app: a Remix action.
  isRead = true,
): string | undefined => {
  try {
    const { href, origin, pathname } = new URL(address, document.baseURI);
    const collector = new URL(url, document.baseURI);
    // The rest of a `data:` URL is its content.
    if (!href.startsWith("http") || (isRead && PAGE_DATA.test(href))) return undefined;
    if (ignoreUrls.some((pattern) => href.match(pattern))) return undefined;
    if (origin === collector.origin && `${pathname}/`.startsWith(`${collector.pathname}/`)) return undefined;
    return origin === location.origin ? pathname : origin + pathname;
  } catch {
    return undefined;
  }
};
