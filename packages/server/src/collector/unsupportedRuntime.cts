/**
 * Stands in for the collector in bundles for a browser or an edge runtime, by the `exports` of package.json. There
 * the collector's modules of Node.js do not exist, and a bundler would say so of a file deep inside of it.
 *
 * CommonJS, because a bundler does not check the names that are imported from it: every import ends here.
 */
throw new Error(
  "[rumkit] @rumkit/server needs Node.js, and this code is bundled for the browser or for an edge runtime. " +
    'In Next.js, remove `runtime = "edge"` from the route, and in instrumentation.ts import it behind ' +
    '`if (process.env.NEXT_RUNTIME === "nodejs")`. To report values from here, use "@rumkit/client".',
);
