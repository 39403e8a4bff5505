import { spawnSync } from "node:child_process";
import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { expect, test } from "vitest";
import { PAGES, readSamples, SAMPLES, type SampleFile } from "./support/samples/readSamples.ts";

const ROOT = join(import.meta.dirname, "..");
const FOLDER = join(ROOT, SAMPLES);

/** A page as a user could write it, and its mistakes: without them, a compiler that sees nothing would find nothing. */
const MISTAKEN = `
\`\`\`ts
await collector.trackConversoin("purchase", order);
\`\`\`

<!-- sample: createCollector({ … }) -->

\`\`\`ts
catalgo: catalog,
\`\`\`

\`\`\`tsx
// page.tsx
export const Page = () => <MetricsProvider relaese="1.4.0" />;
\`\`\`
`;

/** Writes and compiles files as one program, strictly, against the packages as they are built and published. */
function errorsOf(files: readonly SampleFile[]): string[] {
  rmSync(FOLDER, { recursive: true, force: true });
  for (const { path, code } of files) {
    mkdirSync(dirname(join(FOLDER, path)), { recursive: true });
    writeFileSync(join(FOLDER, path), code);
  }
  const compilerOptions = { customConditions: [] };
  const config = { extends: "../../tsconfig.json", compilerOptions, include: ["**/*"] };
  writeFileSync(join(FOLDER, "tsconfig.json"), JSON.stringify(config));
  const { stdout } = spawnSync("tsc", ["-p", FOLDER, "--pretty", "false"], { cwd: FOLDER, encoding: "utf8" });
  // What a line is indented for explains the one above it.
  return stdout.split("\n").filter((line) => /^\S/.test(line));
}

test("every TypeScript sample of the docs compiles, and a mistaken one does not", () => {
  const samples = PAGES.flatMap((page) => readSamples(page));
  expect(samples.length).toBeGreaterThan(100);
  const errors = errorsOf([...samples, ...readSamples("mistaken.md", MISTAKEN)]);
  expect(errors).toEqual([
    expect.stringMatching(/^mistaken\.md\/line2\.ts\(3,.*'trackConversoin'/) as string,
    expect.stringMatching(/^mistaken\.md\/line8\.ts\(9,.*'catalgo'/) as string,
    expect.stringMatching(/^mistaken\.md\/page\.tsx\(14,.*relaese/) as string,
  ]);
});
