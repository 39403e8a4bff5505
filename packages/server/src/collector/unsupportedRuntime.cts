/**
 * Replaces the collector in bundles for a browser or an edge runtime, by the `exports` of package.json. Node.js
 * modules do not exist there, and without this file a bundler would report an internal file of the collector.
 *
 * It is CommonJS, because bundlers do not check the names that are imported from CommonJS, so every import throws this
 * error.
 */
throw new Error(
  "[rumkit] @rumkit/server needs Node.js, and this code is bundled for the browser or for an edge runtime. " +
    'In Next.js, remove `runtime = "edge"` from the route, and in instrumentation.ts import it behind ' +
    '`if (process.env.NEXT_RUNTIME === "nodejs")`. To report values from here, use "@rumkit/client".',
);
