import { styleText } from "node:util";
import { currencyExponent, type LiveEvent, type LiveMoney } from "@rumkit/protocol";
import { escapeLine, escapeText } from "@rumkit/server/internal/base";
import type { Shown } from "./follow.ts";

/** Renders a line for programs: the event as it came, `{"skipped":{…}}`, or `{"resumed":false}`. */
export function renderJson(shown: Shown): string {
  if (shown.kind === "gap") return '{"resumed":false}\n';
  return escapeLine(`${JSON.stringify(shown.kind === "event" ? shown.event : { skipped: shown.skipped })}\n`);
}

/** Renders a line for people. Texts of pages cannot control the terminal. */
export function renderLine(shown: Shown, hasColor: boolean): string {
  const paint: Paint = (format, text) =>
    hasColor ? styleText(format, text, { validateStream: false }) : text;
  if (shown.kind === "event") return `${renderEvent(shown.event, paint)}\n`;
  return `${paint("yellow", shown.kind === "gap" ? UNKNOWN_GAP : describeSkipped(shown.skipped))}\n`;
}

type Paint = (format: "dim" | "green" | "red" | "yellow" | "cyan" | "bold", text: string) => string;

const UNKNOWN_GAP = "-- Events may be missing here: the collector does not know how many. --";

function describeSkipped(skipped: Readonly<Record<string, number>>): string {
  const counts = Object.entries(skipped).map(([type, count]) => `${count} ${toText(type)}`);
  return `-- Skipped, because too many came at once: ${counts.join(", ")}. --`;
}

const COLORS = { conversion: "green", error: "red", refund: "yellow" } as const;

function renderEvent({ at, type, name, route, count, money, details }: LiveEvent, paint: Paint): string {
  const time = new Date(at).toTimeString().slice(0, 8);
  const color = Object.hasOwn(COLORS, type) ? COLORS[type as keyof typeof COLORS] : "cyan";
  const parts = [
    paint("dim", time),
    paint(color, toText(type).padEnd(12)),
    ...(name === type ? [] : [paint("bold", toText(name))]),
    ...(count === 1 ? [] : [`×${count}`]),
    ...(money === undefined ? [] : [paint("green", renderMoney(money))]),
    ...(route === undefined || route === name ? [] : [toText(route)]),
    ...Object.entries(details).map(([key, value]) => paint("dim", `${toText(key)}=${toText(String(value))}`)),
  ];
  return parts.join("  ");
}

function renderMoney({ amount, currency }: LiveMoney): string {
  const exponent = currencyExponent(currency) ?? 0;
  return `${(amount / 10 ** exponent).toFixed(exponent)} ${toText(currency)}`;
}

/** A line feed would let a page write a line that looks like an event. */
function toText(text: string): string {
  return escapeText(text).replaceAll("\n", String.raw`\n`);
}
