import react from "@vitejs/plugin-react";
import { defaultClientConditions, defineConfig } from "vite";

/**
 * Builds the page into `@rumkit/server`, which serves it.
 *
 * The collector may be mounted under any prefix and answers `<prefix>/realtime` without a slash at the end,
 * so the document names its assets relative to itself, by the last part of its own path: `realtime/assets/…`.
 */
export default defineConfig({
  base: "/realtime/",
  plugins: [react()],
  resolve: {
    // Without a build of the packages: `npm run demo` asks for it.
    conditions: [
      ...(process.env["RUMKIT_FROM_SOURCE"] ? ["@rumkit/source"] : []),
      ...defaultClientConditions,
    ],
  },
  experimental: {
    renderBuiltUrl: (file, { hostType }) => (hostType === "html" ? `realtime/${file}` : { relative: true }),
  },
  build: {
    outDir: "../server/dist/page",
    emptyOutDir: true,
    // One script: nothing to preload, and no inline polyfill for the content security policy to refuse.
    modulePreload: false,
    // React's and uPlot's licences ask that their notice travels with the copy.
    license: { fileName: "licenses.md" },
  },
});
