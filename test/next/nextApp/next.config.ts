import type { NextConfig } from "next";

/**
 * The fixture's own: no caches on the disk, and only the maps that a test reads, which are those of the app in production.
 * An object to the compiler, because Next.js 15 does not know these settings.
 */
const LESS_WORK: object = {
  turbopackFileSystemCacheForBuild: false,
  turbopackFileSystemCacheForDev: false,
  turbopackInputSourceMaps: false,
  turbopackSourceMaps: process.env.NODE_ENV === "production",
};

const config: NextConfig = {
  productionBrowserSourceMaps: true,
  // The fixture's own: one build for two settings of `next dev` and `next start`.
  trailingSlash: process.env["TRAILING_SLASH"] === "true",
  experimental: LESS_WORK,
  reactStrictMode: true,
  devIndicators: false,
  allowedDevOrigins: ["127.0.0.1"],
};

export default config;
