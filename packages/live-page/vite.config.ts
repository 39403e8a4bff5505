import react from "@vitejs/plugin-react";
import { defaultClientConditions, defineConfig } from "vite";

/**
 * Builds the page into `@rumkit/server`, which serves it.
 *
 * The collector may be mounted under any prefix and serves `<prefix>/realtime` without a trailing slash. The document
 * therefore refers to its assets by the last part of its path: `realtime/assets/…`.
 */
export default defineConfig({
  base: "/realtime/",
  plugins: [react()],
  resolve: {
    // React alone takes 58 of the 90 kB that the page may have. It uses nothing that Preact lacks.
    alias: {
      "react-dom/client": "preact/compat/client",
      "react-dom": "preact/compat",
      "react/jsx-runtime": "preact/jsx-runtime",
      react: "preact/compat",
    },
    // Uses the packages' sources without a build, for `npm run demo`.
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
    // There is only one script, so nothing to preload, and no inline polyfill that the content security policy would block.
    modulePreload: false,
    // The licenses of React and uPlot require their notices in each copy.
    license: { fileName: "licenses.md" },
  },
});
