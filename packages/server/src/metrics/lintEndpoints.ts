/** Endpoints at most: each is a dozen series and more, and past some hundreds nobody reads them one by one. */
const MAX_ENDPOINTS = 500;

/** UTF-16 units of an endpoint, as of a route: it is a label value. */
const MAX_LENGTH = 128;

/** Says what is wrong with the endpoints of a catalogue, one sentence each. */
export function lintEndpoints(endpoints: readonly string[]): string[] {
  return [
    ...(endpoints.length > MAX_ENDPOINTS ? [`${endpoints.length} endpoints; ${MAX_ENDPOINTS} at most.`] : []),
    ...endpoints
      .filter((endpoint, index) => endpoints.indexOf(endpoint) < index)
      .map((endpoint) => `endpoints has "${endpoint}" twice.`),
    ...endpoints
      .filter((endpoint) => !/^(\/|https?:\/\/)/.test(endpoint) || endpoint.length > MAX_LENGTH)
      .map(
        (endpoint) =>
          `endpoint "${endpoint}" has to start with "/", "http://" or "https://", ${MAX_LENGTH} characters at most.`,
      ),
  ];
}
