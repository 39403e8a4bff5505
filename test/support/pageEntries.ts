import { join } from "node:path";

/** A start of a page whose bytes and costs are measured. */
export interface PageEntry {
  /** Its imports from `@rumkit/browser`. */
  readonly imports: string;
  /** The expression that makes the client. */
  readonly call: string;
}

/** Page views, clicks, errors; every typed call, the session, the queue and the transport come with the client. */
export const CORE: PageEntry = {
  imports: "clicks, createMetricsWith, errors, pageViews",
  call: "createMetricsWith([pageViews(), clicks(), errors()])",
};

/** The same, with five vitals of every page view, soft navigations included. */
export const CORE_AND_VITALS: PageEntry = {
  imports: "clicks, createMetricsWith, errors, pageViews, vitals",
  call: "createMetricsWith([pageViews(), clicks(), errors(), vitals()])",
};

/** The code of the README. */
export const DEFAULT_SET: PageEntry = { imports: "createMetrics", call: "createMetrics()" };

/** The default set, and each source that it leaves out. */
export const EVERY_SOURCE: PageEntry = {
  imports: "apiCalls, consoleErrors, createMetrics, funnels, workers",
  call: 'createMetrics({ sources: [apiCalls(), consoleErrors(), funnels(), workers(new Worker("/worker.js"))] })',
};

/** The code of a page that starts so. */
export function codeOf({ imports, call }: PageEntry): string {
  return `import { ${imports} } from "@rumkit/browser"; ${call};`;
}

/** `/rum.js`, the file for pages without a bundler: the default set, and the reading of its tag. */
export const SCRIPT_FILE = join(import.meta.dirname, "../../packages/browser/src/start/scriptTag.ts");
export const SCRIPT_TAG = `import ${JSON.stringify(SCRIPT_FILE)};`;
