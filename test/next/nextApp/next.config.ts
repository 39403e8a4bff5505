import type { NextConfig } from "next";

const config: NextConfig = {
  productionBrowserSourceMaps: true,
  // The fixture's own: one build for two settings of `next dev` and `next start`.
  trailingSlash: process.env["TRAILING_SLASH"] === "true",
  experimental: { turbopackFileSystemCacheForBuild: false, turbopackFileSystemCacheForDev: false },
  reactStrictMode: true,
  devIndicators: false,
  allowedDevOrigins: ["127.0.0.1"],
};

export default config;
