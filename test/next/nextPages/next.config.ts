import type { NextConfig } from "next";

const config: NextConfig = {
  // A collector in a separate process, behind the app's origin.
  rewrites: async () => [
    { source: "/collect/:path*", destination: `${process.env.COLLECTOR_URL}/collect/:path*` },
  ],
  trailingSlash: true,
  reactStrictMode: true,
  devIndicators: false,
  allowedDevOrigins: ["127.0.0.1"],
};

export default config;
