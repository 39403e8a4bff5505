import type { LoadReport } from "./runLoad.ts";

/** Renders a report as a table of what was sent and counted, with a sentence about the difference. */
export function renderReport({ sent, counted, failed, missing, beyond }: LoadReport): string {
  const [of, on] = [sent.sums(), counted.sums()];
  const rows = [...new Set([...Object.keys(of), ...Object.keys(on)])].map((row) =>
    [row.padEnd(24), String(of[row] ?? 0).padStart(10), String(on[row] ?? 0).padStart(10)].join(" "),
  );
  const lines = [`${" ".repeat(24)} ${"sent".padStart(10)} ${"counted".padStart(10)}`, ...rows, ""];
  if (failed > 0) lines.push(`${failed} requests had no answer or a 5xx: the server may have counted them.`);
  if (Object.keys(missing).length > 0) lines.push(`NOT COUNTED: ${list(missing)}.`);
  else if (Object.keys(beyond).length === 0)
    lines.push("Everything that was sent is counted, and nothing else.");
  else lines.push(`Everything that was sent is counted. Others of the same server: ${list(beyond)}.`);
  return lines.join("\n");
}

function list(entries: Readonly<Record<string, number>>): string {
  return Object.entries(entries)
    .map(([what, by]) => `${by} ${what}`)
    .join(", ");
}
