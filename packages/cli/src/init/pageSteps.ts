import { join } from "node:path";
import { pathExists } from "../base/pathExists.ts";
import { type Project, VITE_CONFIGS } from "./project.ts";
import { extensionOf, folderOf } from "./sourcePaths.ts";
import { create, edit, paste, prepend, type Step } from "./step.ts";

/** Adds the client to the page, and a proxy for its requests to the collector. */
export function pageSteps(project: Project, collector: string): Step[] {
  switch (project.page) {
    case "vite":
      return vitePageSteps(project, collector);
    case "next-app":
    case "next-pages":
      return nextSteps(project, collector);
    case undefined:
      return [];
  }
}

/** Returns the client as a module, which the entry imports first, so that it observes the page from the start. */
function clientText({ isTypeScript }: Project, catalog: string): string {
  const [imports, type] = isTypeScript
    ? [`import type { catalog } from "${catalog}";\n`, "<typeof catalog>"]
    : ["", ""];
  return `import { createMetrics } from "@rumkit/browser";
${imports}
/** The page's client: metrics.trackAction("hello"). */
export const metrics = createMetrics${type}();
`;
}

const PROVIDER = `import { MetricsProvider } from "@rumkit/react";
<MetricsProvider client={metrics}> … your app … </MetricsProvider>`;

function vitePageSteps(project: Project, collector: string): Step[] {
  const file = `${project.sources === "" ? "" : `${project.sources}/`}metrics.${extensionOf(project)}`;
  const client = create(project, file, clientText(project, "./catalog"));
  const entry = project.pageEntry;
  const added = 'import "./metrics";\n';
  const isBeside = entry !== undefined && folderOf(entry) === folderOf(file);
  return [
    client,
    isBeside
      ? edit(project, entry, added, (text) =>
          /["']\.\/metrics(?:\.\w+)?["']/.test(text) ? undefined : prepend(added, text),
        )
      : paste(entry ?? "the entry of your page", 'import "./metrics";', "Import the client first"),
    ...(project.usesReact
      ? [
          paste(
            "your root component",
            `import { metrics } from "./metrics";\n${PROVIDER}`,
            "Give the client to the hooks of @rumkit/react",
          ),
        ]
      : []),
    viteConfigStep(project, `server: { proxy: { "/collect": "${collector}" } },`),
  ];
}

function viteConfigStep(project: Project, proxy: string): Step {
  const file = VITE_CONFIGS.find((name) => pathExists(join(project.folder, name)));
  if (file === undefined) {
    const text = `import { defineConfig } from "vite";\n\nexport default defineConfig({\n  ${proxy}\n});\n`;
    return create(project, `vite.config.${project.isTypeScript ? "ts" : "mjs"}`, text);
  }
  return edit(project, file, `  ${proxy}\n`, (text) => {
    if (text.includes('"/collect"')) return undefined;
    // Another proxy or other server settings belong to the user, so the step is printed and not applied.
    if (/\bserver\s*:/.test(text) || [...text.matchAll(/defineConfig\(\{/g)].length !== 1) return "unsafe";
    // The rest of a one-line configuration moves to the next line, indented.
    return text.replace(/defineConfig\(\{[^\S\n]*(\n?)(\}?)/, (_start, newline, end) => {
      const indent = newline === "" && end === "" ? "  " : "";
      return `defineConfig({\n  ${proxy}\n${indent}${end}`;
    });
  });
}

function nextSteps(project: Project, collector: string): Step[] {
  const prefix = project.sources === "" ? "" : "src/";
  // Next.js 15.3 and later run this file in the page before everything else. In earlier ones the provider imports it.
  const file = `${prefix}instrumentation-client.${extensionOf(project)}`;
  return [
    create(project, file, clientText(project, "./catalog")),
    nextProviderStep(project, prefix, file),
    nextConfigStep(project, collector),
  ];
}

function nextProviderStep({ page, isTypeScript }: Project, prefix: string, clientFile: string): Step {
  const isAppRouter = page === "next-app";
  return paste(
    isAppRouter ? `a client component in ${prefix}app, for your root layout` : `${prefix}pages/_app`,
    [
      ...(isAppRouter ? ['"use client";'] : []),
      `import { RouteMetrics } from "@rumkit/react/${page}";`,
      'import { metrics } from "../instrumentation-client";',
      PROVIDER.replace(" … your app … ", " <RouteMetrics /> … your app … "),
      `// In ${clientFile}, so that each view counts once:`,
      `export const metrics = createMetrics${isTypeScript ? "<typeof catalog>" : ""}({ pageViews: "manual" });`,
    ].join("\n"),
    "To count routes under their patterns",
  );
}

function nextConfigStep(project: Project, collector: string): Step {
  const rewrites = `  rewrites: async () => [{ source: "/collect", destination: "${collector}/collect" }],\n`;
  const names = ["ts", "mjs", "js"].map((extension) => `next.config.${extension}`);
  const config = names.find((name) => pathExists(join(project.folder, name)));
  if (config === undefined) {
    const text = `/** @type {import("next").NextConfig} */\nexport default {\n${rewrites}};\n`;
    return create(project, "next.config.mjs", text);
  }
  return edit(project, config, rewrites, (text) => {
    if (text.includes('"/collect"')) return undefined;
    const start = /(?:const|let) nextConfig(?:: NextConfig)? = \{[^\S\n]*\n?|export default \{[^\S\n]*\n?/g;
    if (/\brewrites\b/.test(text) || [...text.matchAll(start)].length !== 1) return "unsafe";
    return text.replace(start, (line) => `${line.trimEnd()}\n${rewrites}`);
  });
}
