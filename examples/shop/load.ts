/**
 * Load for the set-ups with containers: visitors of a shop that runs elsewhere. They come until SIGTERM, or for so many
 * seconds. Then the number of their visits is printed.
 */
import { parseArgs } from "node:util";
import { createVisitors } from "./visitors/createVisitors.ts";

const USAGE = `Usage: node load.ts --origin <url> [--collector <url>] [--pace <n>] [--seed <n>] [--seconds <n>]

  --origin <url>     the shop, such as http://shop:4000
  --collector <url>  a separate collector, to which the pages report. Default: the shop's own
  --pace <n>         times faster than people, 1 to 50. Default 1: two visits a second
  --seed <n>         other visitors; the same number gives the same ones. Default 2
  --seconds <n>      ends after so many seconds. Default 0: with SIGTERM
`;

const { values } = parseArgs({
  options: {
    origin: { type: "string" },
    collector: { type: "string" },
    pace: { type: "string", default: "1" },
    seed: { type: "string", default: "2" },
    seconds: { type: "string", default: "0" },
    help: { type: "boolean" },
  },
});
if (values.help) {
  process.stdout.write(USAGE);
  process.exit(0);
}
const origin = readOrigin("--origin", values.origin);
const visitors = createVisitors({
  origin,
  collector: values.collector === undefined ? origin : readOrigin("--collector", values.collector),
  pace: readNumber("--pace", values.pace, 50),
  seed: readNumber("--seed", values.seed, 1e9),
});
console.log(`Load       visitors of ${origin}, who report to ${values.collector ?? "it"}`);

const seconds = readNumber("--seconds", values.seconds, 86_400);
const end = seconds > 0 ? setTimeout(() => void leave(), seconds * 1_000) : undefined;
for (const signal of ["SIGTERM", "SIGINT"] as const) process.once(signal, () => void leave());

async function leave(): Promise<void> {
  clearTimeout(end);
  await visitors.stop();
  console.log(`Visits     ${visitors.visits()}`);
  // A kept connection would hold the process for a while.
  process.exit(0);
}

function readOrigin(name: string, text: string | undefined): string {
  const url = URL.canParse(text ?? "") ? new URL(text!) : undefined;
  if (url?.protocol === "http:" || url?.protocol === "https:") return url.origin;
  return fail(`${name} must be an address such as http://shop:4000: "${text ?? ""}".`);
}

/** Whole numbers only, from 0. */
function readNumber(name: string, text: string, highest: number): number {
  if (/^\d{1,9}$/.test(text) && Number(text) <= highest) return Number(text);
  return fail(`${name} must be a whole number, at most ${highest}: "${text}".`);
}

function fail(message: string): never {
  console.error(`[shop] ${message}\n\n${USAGE}`);
  process.exit(2);
}
