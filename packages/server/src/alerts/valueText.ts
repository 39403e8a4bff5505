import type { ValueFormat } from "../catalog/alertTexts.ts";

/** Writes a value as the generated rules do with the functions of Prometheus: `humanizePercentage`, `humanizeDuration`… */
export function valueText(value: number, format: ValueFormat): string {
  if (!Number.isFinite(value)) return String(value);
  if (format === "share") return `${significant(value * 100)}%`;
  if (format === "seconds") return durationText(value);
  if (format === "bytes") return scaled(value, 1024, ["", "Ki", "Mi", "Gi", "Ti", "Pi", "Ei"]);
  if (format === "whole") return value.toFixed(0);
  return numberText(value);
}

/** Four digits at most, as `%.4g` of Go. */
function significant(value: number): string {
  const text = value.toPrecision(4);
  const [digits = "", exponent] = text.split("e");
  const short = digits.includes(".") ? digits.replace(/\.?0+$/, "") : digits;
  if (exponent === undefined) {
    // Go changes to an exponent below 0.0001, JavaScript below 0.000001.
    if (value !== 0 && Math.abs(value) < 1e-4) return goExponent(value.toExponential(3));
    return short;
  }
  return goExponent(text);
}

function goExponent(text: string): string {
  const [digits = "", exponent = ""] = text.split("e");
  const short = digits.includes(".") ? digits.replace(/\.?0+$/, "") : digits;
  return `${short}e${exponent[0]}${exponent.slice(1).padStart(2, "0")}`;
}

function scaled(value: number, step: number, prefixes: readonly string[]): string {
  let rest = value;
  let index = 0;
  while (Math.abs(rest) >= step && index < prefixes.length - 1) {
    rest /= step;
    index += 1;
  }
  return significant(rest) + prefixes[index]!;
}

function numberText(value: number): string {
  if (value === 0) return "0";
  if (Math.abs(value) >= 1) return scaled(value, 1000, ["", "k", "M", "G", "T", "P", "E", "Z", "Y"]);
  const prefixes = ["", "m", "u", "n", "p", "f", "a", "z", "y"];
  let rest = value;
  let index = 0;
  while (Math.abs(rest) < 1 && index < prefixes.length - 1) {
    rest *= 1000;
    index += 1;
  }
  return significant(rest) + prefixes[index]!;
}

/** `1d 2h 3m 4s`, and milliseconds and less below one second. */
function durationText(value: number): string {
  if (value === 0) return "0s";
  if (Math.abs(value) < 1) return `${numberText(value)}s`;
  const sign = value < 0 ? "-" : "";
  const seconds = Math.abs(value);
  const whole = Math.trunc(seconds);
  const [days, hours, minutes] = [86_400, 3_600, 60].map((unit) => Math.floor(whole / unit)) as [
    number,
    number,
    number,
  ];
  const rest = whole % 60;
  if (days > 0) return `${sign}${days}d ${hours % 24}h ${minutes % 60}m ${rest}s`;
  if (hours > 0) return `${sign}${hours}h ${minutes % 60}m ${rest}s`;
  if (minutes > 0) return `${sign}${minutes}m ${rest}s`;
  return `${sign}${significant(seconds)}s`;
}
