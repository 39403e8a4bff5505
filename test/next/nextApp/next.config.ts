import type { NextConfig } from "next";

/** An object to the compiler, because Next.js 15 does not know these settings. */
const CACHES: object = { turbopackFileSystemCacheForBuild: false, turbopackFileSystemCacheForDev: false };

const config: NextConfig = {
  productionBrowserSourceMaps: true,
  // The fixture's own: one build for two settings of `next dev` and `next start`.
  trailingSlash: process.env["TRAILING_SLASH"] === "true",
  experimental: CACHES,
  reactStrictMode: true,
  devIndicators: false,
  allowedDevOrigins: ["127.0.0.1"],
};

export default config;
