import { join } from "node:path";
import { defaultClientConditions, defaultServerConditions } from "vite";
import { defineConfig } from "vitest/config";

/** Tests read the sources of every package, so that they need no build; `e2e` alone runs what is built. */
const fromSource = {
  resolve: { conditions: ["@rumkit/source", ...defaultClientConditions] },
  ssr: { resolve: { conditions: ["@rumkit/source", ...defaultServerConditions] } },
};

/** The same tests on React 18, with everything that has to come from one place with it. */
const react18 = {
  find: /^(react|react-dom|@testing-library\/react)(?=\/|$)/,
  replacement: join(import.meta.dirname, "test/react18/node_modules/$1"),
};

export default defineConfig({
  test: {
    reporters: ["default", ["json", { outputFile: ".tmp/vitest.json" }]],
    projects: [
      {
        ...fromSource,
        test: {
          name: "node",
          environment: "node",
          include: ["packages/{protocol,server}/src/**/*.test.ts", "examples/**/*.test.ts", "test/*.test.ts"],
          setupFiles: ["test/setup/quietConsole.ts"],
          // Compilers, processes and property tests, on two cores that others may use too.
          testTimeout: 30_000,
        },
      },
      {
        ...fromSource,
        test: {
          name: "dom",
          environment: "happy-dom",
          include: ["packages/{browser,react,dashboard}/src/**/*.test.{ts,tsx}"],
          setupFiles: ["test/setup/quietConsole.ts"],
        },
      },
      {
        ...fromSource,
        resolve: { ...fromSource.resolve, alias: [react18] },
        test: {
          name: "react18",
          environment: "happy-dom",
          include: ["packages/react/src/**/*.test.tsx"],
          // Their routers come with the React that is installed beside them; on 18, `e2e` walks through them.
          exclude: [
            "packages/react/src/{reactRouter,reactRouterData,tanstackRouter,nextApp,nextPages}.test.tsx",
          ],
          setupFiles: ["test/setup/quietConsole.ts"],
        },
      },
      {
        ...fromSource,
        test: {
          name: "types",
          include: [],
          typecheck: { enabled: true, only: true, include: ["packages/*/src/**/*.test-d.{ts,tsx}"] },
        },
      },
      {
        test: {
          name: "e2e",
          environment: "node",
          include: ["test/e2e/*.test.ts"],
          // One browser and one Prometheus at a time: two cores, and figures that may not disturb each other.
          fileParallelism: false,
          testTimeout: 120_000,
          hookTimeout: 120_000,
        },
      },
    ],
  },
});
