import { globSync, readFileSync } from "node:fs";
import { join } from "node:path";

/**
 * Matches what one file of tests could leave to the next one of its process: mocks, clocks, spies, variables, files,
 * servers, other programs, timers, and what is prepared for several tests.
 */
const LEAVES_TRACES = new RegExp(
  [
    String.raw`\bvi\b|\bprocess\b|\bglobalThis\b|\bprototype\b|\bperformance\b|\bconsole\b|Math\.random`,
    String.raw`\b(before|after)(Each|All)\b|onTest(Finished|Failed)|expect\.(poll|extend)|expectSoon`,
    String.raw`set(Timeout|Interval|Immediate)|\bwait\(|Worker|spawn|exec|fork|fetch|listen|create(Server|Collector)`,
    String.raw`Journal\(|openSqlite|tmpdir|mkdtemp|writeFile|\bmkdir|\brm(Sync)?\(|test/support|\bimport\(`,
    String.raw`node:(net|https?|http2|dgram|dns|tls|worker_threads|cluster|child_process|v8|vm|inspector|async_hooks|diagnostics_channel|perf_hooks|sqlite|timers|module|test)`,
  ].join("|"),
);

/** Matches what works only on modules that Vite has transformed: to replace one, and to evaluate it again. */
const REPLACES_MODULES = /\bvi\.(do)?(un)?mock\(|\bvi\.(resetModules|import(Actual|Mock))\b/i;

/** Which test files run how. */
interface Split {
  /** A process each, which loads the modules of rumkit as Node.js does. */
  readonly alone: string[];
  /** A process each, which replaces modules or evaluates them again. */
  readonly replacing: string[];
  /** They only call functions and compare what they return, so that a shared process saves the start of 100 processes. */
  readonly together: string[];
}

/** Splits the test files of patterns by what they contain. */
export function splitByProcess(root: string, patterns: readonly string[]): Split {
  const split: Split = { alone: [], replacing: [], together: [] };
  for (const file of globSync([...patterns], { cwd: root }).toSorted()) {
    const text = readFileSync(join(root, file), "utf8");
    const group = REPLACES_MODULES.test(text)
      ? split.replacing
      : LEAVES_TRACES.test(text)
        ? split.alone
        : split.together;
    group.push(file);
  }
  return split;
}
