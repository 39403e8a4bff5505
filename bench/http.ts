/**
 * The cost of counting a request: `npm run bench -- http`.
 *
 * The same Hono app four times: as it is, with middleware that does nothing, with `httpMetrics()`, and with
 * `@hono/prometheus`; and a plain listener with and without `nodeHttpMetrics()`. In turns, CPU time of a request.
 * Once without sockets, where a microsecond can be seen, and once with them, where it is a hundredth of the noise.
 */
import { cpus } from "node:os";
import { honoListeners, plainListeners } from "./http/countedApps.ts";
import { measureInProcess } from "./http/inProcess.ts";
import { measureOverSockets } from "./http/overSockets.ts";

function quantile(values: readonly number[], q: number): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length * q)] ?? NaN;
}

function show<N extends string>(title: string, micros: ReadonlyMap<N | "empty", readonly number[]>): void {
  const empty = micros.get("empty") ?? [];
  const round = (value: number) => Number(value.toFixed(2));
  console.log(`\n${title}: CPU µs a request, ${empty.length} turns`);
  console.table(
    [...micros].map(([app, values]) => ({
      app,
      // Other processes on the machine only add: the lowest tenth is the code's own.
      "lowest tenth": round(quantile(values, 0.1)),
      "more than empty": round(quantile(values, 0.1) - quantile(empty, 0.1)),
      median: round(quantile(values, 0.5)),
      "median of more": round(
        quantile(
          values.map((value, turn) => value - (empty[turn] ?? NaN)),
          0.5,
        ),
      ),
    })),
  );
}

console.log(`\n${cpus()[0]?.model.trim()}, ${cpus().length} cores, Node ${process.version}`);
show("Hono, Node's request and response without a socket", await measureInProcess(honoListeners()));
show("node:http alone, without a socket", await measureInProcess(plainListeners()));
show("Hono over sockets, 8 connections", await measureOverSockets());
process.exit();
