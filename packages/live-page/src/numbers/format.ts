import type { LiveEvent, LiveFigure, LiveTotal } from "@rumkit/protocol";

/** The page is in English, so its numbers are too: "1.234" must not have two meanings on one screen. */
const LOCALE = "en-US";

/** Numbers from here on have the form 12.3K, because a card has room for four digits. */
const COMPACT_FROM = 10_000;

/** Most UTF-16 units of a detail in the tail. Pages may send 2048, but the row must stay readable. */
const LONGEST_DETAIL = 120;

/** A value and its unit, separate so that the unit can be smaller. */
export interface FormattedValue {
  number: string;
  unit: string;
}

type Measure = Pick<LiveFigure, "unit" | "currency">;

/** Cache of formats: creating one takes longer than using it, and a frame formats about fifty numbers. */
const formats = new Map<string, Intl.NumberFormat>();

function formatNumber(value: number, options: Intl.NumberFormatOptions): string {
  const key = JSON.stringify(options);
  const format = formats.get(key) ?? new Intl.NumberFormat(LOCALE, options);
  formats.set(key, format);
  return format.format(value);
}

/** Formats with three significant digits, a constant number for similar values. Integers have no decimals. */
function formatSteady(value: number, options: Intl.NumberFormatOptions = {}): string {
  if (Math.abs(value) >= COMPACT_FROM) {
    return formatNumber(value, { ...options, notation: "compact", maximumFractionDigits: 1 });
  }
  const digits = fractionDigits(value);
  return formatNumber(value, { ...options, minimumFractionDigits: digits, maximumFractionDigits: digits });
}

function fractionDigits(value: number): number {
  if (Number.isInteger(value) || Math.abs(value) >= 100) return 0;
  return Math.abs(value) < 10 ? 2 : 1;
}

function formatSeconds(value: number): FormattedValue {
  if (value >= 1) return { number: formatSteady(value), unit: "s" };
  const ms = value * 1000;
  return { number: formatNumber(ms, { maximumFractionDigits: ms < 10 ? 1 : 0 }), unit: "ms" };
}

/** Formats money. A currency without three letters would make Intl throw, so it is appended unchanged. */
function formatMoney(value: number, currency = "", options: Intl.NumberFormatOptions = {}): string {
  if (!/^[a-z]{3}$/i.test(currency)) return `${formatSteady(value)} ${currency}`.trim();
  const money = { ...options, style: "currency", currency, currencyDisplay: "narrowSymbol" } as const;
  return Math.abs(value) < COMPACT_FROM ? formatNumber(value, money) : formatSteady(value, money);
}

/** Formats a value in the unit of its figure. Returns "–" for null. */
export function formatFigure({ unit, currency }: Measure, value: number | null): FormattedValue {
  if (value === null) return { number: "–", unit: "" };
  switch (unit) {
    case "per_second":
      return { number: formatSteady(value), unit: "/s" };
    case "per_minute":
      return { number: formatSteady(value), unit: "/min" };
    case "count":
      return { number: formatSteady(value), unit: "" };
    case "ratio":
      return { number: formatSteady(value * 100), unit: "%" };
    case "seconds":
      return formatSeconds(value);
    case "money_per_minute":
      return { number: formatMoney(value, currency), unit: "/min" };
  }
}

/** Formats a value with its unit as one string: "12.3/s", "182 ms", "1.2%". */
export function renderFigure(measure: Measure, value: number | null): string {
  const { number, unit } = formatFigure(measure, value);
  return unit === "s" || unit === "ms" ? `${number} ${unit}` : number + unit;
}

/** Formats a mark of the value axis: as short as possible, with a unit only if necessary. */
export function renderTick(measure: Measure, value: number): string {
  if (value === 0) return "0";
  const short = { maximumSignificantDigits: 3, notation: "compact" } as const;
  if (measure.unit === "ratio") return `${formatNumber(value * 100, short)}%`;
  if (measure.unit === "money_per_minute") return formatMoney(value, measure.currency, short);
  if (measure.unit !== "seconds") return formatNumber(value, short);
  return value < 1 ? `${formatNumber(value * 1000, short)} ms` : `${formatNumber(value, short)} s`;
}

/** Formats a duration in whole seconds: "60 s", "5 min". */
export function renderSpan(seconds: number): string {
  return seconds >= 120 && seconds % 60 === 0 ? `${seconds / 60} min` : `${Math.floor(seconds)} s`;
}

/** Formats an age: in seconds up to two minutes, then in minutes. */
export function renderAge(ms: number): string {
  const seconds = Math.max(0, Math.floor(ms / 1000));
  return seconds < 120 ? `${seconds} s` : `${Math.floor(seconds / 60)} min`;
}

/** 24-hour clock, because times in a log must sort, in the viewer's time zone. */
const clock = new Intl.DateTimeFormat("en-GB", { hour: "2-digit", minute: "2-digit", second: "2-digit" });

/** Formats the time of day of `ms` since 1970. */
export function renderTime(ms: number): string {
  return clock.format(ms);
}

/** Formats each detail as `key=value`, in order. Text with spaces is quoted, long text is cut. */
export function renderDetails(details: LiveEvent["details"]): string[] {
  return Object.entries(details).map(([key, value]) => `${key}=${renderDetail(value)}`);
}

function renderDetail(value: LiveEvent["details"][string]): string {
  const text = String(value);
  const cut = text.length > LONGEST_DETAIL ? `${text.slice(0, LONGEST_DETAIL)}…` : text;
  return /\s/.test(cut) ? JSON.stringify(cut) : cut;
}

/** Formats labels like Prometheus: `route="/cart", source="page"`. */
export function renderLabels(labels: LiveTotal["labels"]): string {
  return Object.entries(labels)
    .map(([name, value]) => `${name}=${JSON.stringify(value)}`)
    .join(", ");
}

/** Formats a total with all its digits, so that it can be compared with a scrape. */
export function renderTotal({ value, sum }: LiveTotal): string {
  const exact = (number: number) => formatNumber(number, { maximumFractionDigits: 6 });
  return sum === undefined ? exact(value) : `${exact(value)} observed, sum ${exact(sum)}`;
}
