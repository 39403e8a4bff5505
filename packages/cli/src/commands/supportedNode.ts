/**
 * The oldest releases of the lines that are tested, as in `engines` of package.json. Older ones include an SQLite with
 * a bug that can damage the journal (before 3.51.3), or an HTTP parser with known vulnerabilities (before 22.23 and
 * 24.17, security releases of June 2026), and anyone can send requests to a collector.
 */
const OLDEST = { 22: 23, 24: 17 } as const;

/** Returns why this Node.js cannot run the CLI and what to do, in one line; nothing if it can. */
export function explainNode(version: string): string | undefined {
  const [major = 0, minor = 0] = version.split(".").map(Number);
  const isSupported =
    major > 24 || minor >= (OLDEST[major as keyof typeof OLDEST] ?? Number.POSITIVE_INFINITY);
  if (isSupported) return undefined;
  return `[rumkit] This is Node.js ${version}. rumkit needs 22.23 or newer of 22, or 24.17 or newer: https://nodejs.org.`;
}
