import { join } from "node:path";
import { bundle } from "../../test/support/bundle.ts";
import { CORE, CORE_AND_VITALS, DEFAULT_SET, type PageEntry } from "../../test/support/pageEntries.ts";
import { WEB_VITALS } from "../peers.ts";

/** A page to load, with all its script in one text. */
export interface Page {
  readonly title: string;
  readonly path: string;
  readonly script: string;
  /** True if it has our client. */
  readonly isOurs: boolean;
}

/** The baseline of all ratios. */
export const BASELINE = "web-vitals alone";

/** Builds the pages: nothing, the baseline, and ours from small to whole. The client is `window.metrics`. */
export async function buildPages(): Promise<readonly Page[]> {
  const ours = (entry: PageEntry): string =>
    `import { ${entry.imports} } from "@rumkit/browser"; window.metrics = ${entry.call};`;
  const starts = [
    { title: "empty", code: "" },
    {
      title: BASELINE,
      code: WEB_VITALS,
      // The version that our own bundle has.
      resolveDir: join(import.meta.dirname, "../../packages/browser"),
    },
    { title: "one read of sessionStorage", code: 'sessionStorage.getItem("key");' },
    { title: "core", code: ours(CORE) },
    { title: "core with vitals", code: ours(CORE_AND_VITALS) },
    { title: "createMetrics()", code: ours(DEFAULT_SET) },
  ];
  return Promise.all(
    starts.map(async ({ title, code, ...options }) => {
      const { text } = await bundle(code, { ...options, format: "iife" });
      return {
        title,
        path: `/${title.replaceAll(/\W+/g, "-")}`,
        script: text,
        isOurs: code.includes("@rumkit/browser"),
      };
    }),
  );
}
