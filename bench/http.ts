/**
 * What counting a request costs a Hono app: `npm run bench -- http`.
 *
 * The same app four times: as it is, with middleware that does nothing, with `httpMetrics()`, and with
 * `@hono/prometheus`; in turns, CPU time of a request. Once without sockets, where a microsecond can be seen,
 * and once with them, where it is a hundredth of the noise.
 */
import { cpus } from "node:os";
import { VARIANTS, type Variant } from "./http/countedApps.ts";
import { measureInProcess } from "./http/inProcess.ts";
import { measureOverSockets } from "./http/overSockets.ts";

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? NaN;
}

function show(title: string, micros: ReadonlyMap<Variant, readonly number[]>): void {
  const of = (variant: Variant) => micros.get(variant) ?? [];
  const more = (variant: Variant, than: Variant) =>
    Number(median(of(variant).map((value, turn) => value - (of(than)[turn] ?? NaN))).toFixed(2));
  console.log(`\n${title}: CPU µs a request, ${of("bare").length} turns`);
  console.table(
    VARIANTS.map((variant) => ({
      app: variant,
      least: Number(Math.min(...of(variant)).toFixed(2)),
      median: Number(median(of(variant)).toFixed(2)),
      "more than bare": more(variant, "bare"),
      "more than empty": more(variant, "empty"),
    })),
  );
}

console.log(`\n${cpus()[0]?.model.trim()}, ${cpus().length} cores, Node ${process.version}`);
show("Node's request and response without a socket", await measureInProcess());
show("Over sockets, 8 connections", await measureOverSockets());
process.exit();
