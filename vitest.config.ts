import { availableParallelism } from "node:os";
import { join } from "node:path";
import { defaultClientConditions, defaultServerConditions } from "vite";
import { defineConfig } from "vitest/config";
import { LongestFirst } from "./test/support/setup/longestFirst.ts";
import { splitByProcess } from "./test/support/setup/sharedProcess.ts";

/**
 * Workers and the programs that tests start keep their compiled code here. A start of the command from its sources takes
 * 0.4 s of CPU instead of 0.9, because the types of 400 files need not be removed again.
 */
process.env["NODE_COMPILE_CACHE"] ??= join(import.meta.dirname, ".tmp/compileCache");

/**
 * No test waits for a time: what is polled, and what is prepared, may take as long as a slow and busy machine needs.
 * These only end what would never end.
 */
const patient = {
  testTimeout: 120_000,
  hookTimeout: 240_000,
  expect: { poll: { interval: 50, timeout: 100_000 } },
};

/** Tests read the sources of every package, so that they need no build; `e2e` alone runs what is built. */
const fromSource = {
  resolve: { conditions: ["@rumkit/source", ...defaultClientConditions] },
  ssr: { resolve: { conditions: ["@rumkit/source", ...defaultServerConditions] } },
};

const { alone, replacing, together } = splitByProcess(import.meta.dirname, [
  "packages/{protocol,client,server,cli}/src/**/*.test.ts",
  "examples/**/*.test.ts",
]);

/** What runs in Node.js, from source. */
const onNode = {
  setupFiles: ["test/support/setup/quietConsole.ts", "test/support/setup/findSoftware.ts"],
  ...patient,
};

/**
 * The sources of the packages run as they are, and once for everybody who imports them: for the 400 files of a collector
 * Vite takes 0.9 s of CPU in each process, Node.js with its cache 0.5. A Node.js that reads no TypeScript keeps Vite.
 */
const native = process.features.typescript
  ? {
      execArgv: ["--conditions=@rumkit/source"],
      server: {
        deps: {
          external: [/\/packages\/(protocol|browser|client|server|cli)\/src\/(?!.*\.test\.ts$).*\.ts$/],
        },
      },
    }
  : {};

/** The same tests on React 18, with everything that has to come from one place with it. */
const react18 = {
  find: /^(react|react-dom|@testing-library\/react)(?=\/|$)/,
  replacement: join(import.meta.dirname, "test/react18/node_modules/$1"),
};

export default defineConfig({
  test: {
    // One more than there are cores: half of a browser test is waiting. A worker with its browser takes up to 1.5 GB.
    maxWorkers: availableParallelism() + 1,
    sequence: { sequencer: LongestFirst },
    reporters: ["default", ["json", { outputFile: ".tmp/vitest.json" }]],
    projects: [
      {
        ...fromSource,
        test: { name: "node", include: [...alone, "test/*.test.ts"], ...onNode, ...native },
      },
      {
        ...fromSource,
        test: { name: "replacing", include: replacing, ...onNode },
      },
      {
        ...fromSource,
        test: { name: "functions", include: together, isolate: false, ...onNode },
      },
      {
        ...fromSource,
        test: {
          name: "dom",
          environment: "happy-dom",
          include: ["packages/{browser,react,live-page}/src/**/*.test.{ts,tsx}"],
          ...patient,
          setupFiles: ["test/support/setup/quietConsole.ts"],
        },
      },
      {
        ...fromSource,
        resolve: { ...fromSource.resolve, alias: [react18] },
        test: {
          name: "react18",
          environment: "happy-dom",
          include: ["packages/react/src/**/*.test.tsx"],
          ...patient,
          // Their routers come with the React that is installed beside them; on 18, `e2e` walks through them.
          exclude: [
            "packages/react/src/routers/{reactRouter,reactRouterData,tanstackRouter,nextApp,nextPages}.test.tsx",
          ],
          setupFiles: ["test/support/setup/quietConsole.ts"],
        },
      },
      {
        ...fromSource,
        test: {
          name: "types",
          include: [],
          typecheck: {
            enabled: true,
            only: true,
            include: ["packages/*/src/**/*.test-d.{ts,tsx}"],
            // They and what they import: `npm run check` has compiled everything.
            tsconfig: "test/support/types/tsconfig.json",
          },
        },
      },
      {
        test: {
          name: "e2e",
          environment: "node",
          include: ["test/e2e/*.test.ts"],
          setupFiles: ["test/support/setup/findSoftware.ts"],
          ...patient,
          testTimeout: 240_000,
          // What is built runs as it is.
          server: { deps: { external: [/\/packages\/[a-z-]+\/dist\//] } },
        },
      },
    ],
  },
});
