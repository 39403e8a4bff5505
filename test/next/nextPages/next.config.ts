import type { NextConfig } from "next";

/**
 * The fixture's own: no caches on the disk and no source maps, because no test reads them. An object to the compiler,
 * because Next.js 15 does not know these settings.
 */
const LESS_WORK: object = {
  turbopackFileSystemCacheForBuild: false,
  turbopackFileSystemCacheForDev: false,
  turbopackInputSourceMaps: false,
  turbopackSourceMaps: false,
};

const config: NextConfig = {
  // A collector in a separate process, behind the app's origin.
  rewrites: async () => [
    { source: "/collect/:path*", destination: `${process.env.COLLECTOR_URL}/collect/:path*` },
  ],
  experimental: LESS_WORK,
  trailingSlash: true,
  reactStrictMode: true,
  devIndicators: false,
  allowedDevOrigins: ["127.0.0.1"],
};

export default config;
