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

/**
 * Splits the test files of patterns: `alone` need a process each, `together` only call functions and compare what they
 * return, so that they can share a process, which saves the start of 100 processes.
 */
export function splitByProcess(
  root: string,
  patterns: readonly string[],
): { readonly alone: string[]; readonly together: string[] } {
  const files = globSync([...patterns], { cwd: root }).toSorted();
  const together = new Set(
    files.filter((file) => !LEAVES_TRACES.test(readFileSync(join(root, file), "utf8"))),
  );
  return { alone: files.filter((file) => !together.has(file)), together: [...together] };
}
