import {
  currencyExponent,
  type LiveEvent,
  type LiveFigure,
  type LiveMoney,
  type LiveTotal,
} from "@rumkit/protocol";

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

type Measure = Pick<LiveFigure, "unit" | "currency" | "decimals" | "per">;

/** Cache of formats: creating one takes longer than using it, and a frame formats about fifty numbers. */
const formats = new Map<string, Intl.NumberFormat>();

function formatNumber(value: number, options: Intl.NumberFormatOptions): string {
  const key = JSON.stringify(options);
  const format = formats.get(key) ?? new Intl.NumberFormat(LOCALE, options);
  formats.set(key, format);
  return format.format(value);
}

/** Formats with a constant number of decimals, so that digits do not come and go. */
function formatFixed(value: number, decimals: number, options: Intl.NumberFormatOptions = {}): string {
  if (Math.abs(value) >= COMPACT_FROM) {
    return formatNumber(value, { ...options, notation: "compact", maximumFractionDigits: 1 });
  }
  return formatNumber(value, {
    ...options,
    minimumFractionDigits: decimals,
    maximumFractionDigits: decimals,
  });
}

/** Formats money in minor units. A currency without three letters would make Intl throw, so it is appended unchanged. */
function formatMoney(amount: number, currency = "", options: Intl.NumberFormatOptions = {}): string {
  const value = amount / 10 ** currencyExponent(currency);
  if (!/^[a-z]{3}$/i.test(currency)) return `${formatFixed(value, 2)} ${currency}`.trim();
  return formatNumber(value, {
    ...options,
    style: "currency",
    currency,
    currencyDisplay: "narrowSymbol",
  });
}

/** Formats an amount of money with all its digits. */
export function renderMoney({ amount, currency }: LiveMoney): string {
  return formatMoney(amount, currency);
}

/** Formats a number of things: "1,204". */
export function formatCount(value: number): string {
  return formatNumber(value, { maximumFractionDigits: 0 });
}

/** Formats a number of things with their word: "1 error", "1,204 errors". */
export function countThings(value: number, one: string, many = `${one}s`): string {
  return `${formatCount(value)} ${value === 1 ? one : many}`;
}

/** Formats a share from 0 to 1: "3.4%". A share of nothing is "–". */
export function renderShare(value: number): string {
  return Number.isFinite(value) ? `${formatNumber(value * 100, { maximumFractionDigits: 1 })}%` : "–";
}

/** Units in whole words. */
const WORDS: Readonly<Record<LiveFigure["unit"], string>> = {
  count: "",
  per_second: "per second",
  per_minute: "per minute",
  ratio: "%",
  seconds: "s",
  milliseconds: "ms",
  bytes: "bytes",
  score: "",
  money: "",
};

/** Formats a value in the unit of its figure. Returns "–" for null. */
export function formatFigure(
  { unit, currency, decimals, per }: Measure,
  value: number | null,
): FormattedValue {
  if (value === null) return { number: "–", unit: "" };
  if (unit === "money") {
    return per
      ? { number: formatMoney(value, currency, rateDigits(value, currency)), unit: WORDS.per_minute }
      : { number: formatMoney(value, currency), unit: "" };
  }
  return { number: formatFixed(unit === "ratio" ? value * 100 : value, decimals), unit: WORDS[unit] };
}

/** A rate of money from a hundred on has no cents, which change too fast to be read: "$31,784". */
function rateDigits(amount: number, currency = ""): Intl.NumberFormatOptions {
  return Math.abs(amount) < 100 * 10 ** currencyExponent(currency) ? {} : { maximumFractionDigits: 0 };
}

/** Formats a value with its unit as one string: "12.3 per second", "182 ms", "1.2%". */
export function renderFigure(measure: Measure, value: number | null): string {
  const { number, unit } = formatFigure(measure, value);
  return unit === "" || unit === "%" ? number + unit : `${number} ${unit}`;
}

/** Formats a mark of the value axis: as short as possible, with a unit only if necessary. */
export function renderTick(measure: Measure, value: number): string {
  if (value === 0) return "0";
  const short = { maximumSignificantDigits: 3, notation: "compact" } as const;
  if (measure.unit === "ratio") return `${formatNumber(value * 100, short)}%`;
  if (measure.unit === "money") return formatMoney(value, measure.currency, tickDigits(value, measure));
  if (measure.unit !== "seconds") return formatNumber(value, short);
  return value < 1 ? `${formatNumber(value * 1000, short)} ms` : `${formatNumber(value, short)} s`;
}

/** A mark between two whole amounts has all digits: "$0.50", not "$0.5". */
function tickDigits(amount: number, { currency = "" }: Measure): Intl.NumberFormatOptions {
  const exponent = currencyExponent(currency);
  const isWhole = amount % 10 ** exponent === 0;
  return isWhole || amount >= 1000 * 10 ** exponent
    ? { maximumSignificantDigits: 3, notation: "compact" }
    : { minimumFractionDigits: exponent, maximumFractionDigits: exponent };
}

/** Formats a duration in whole seconds: "60 s", "5 min", "3 h". */
export function renderSpan(seconds: number): string {
  if (seconds >= 3_600 && seconds % 3_600 === 0) return `${seconds / 3_600} h`;
  return seconds >= 120 && seconds % 60 === 0 ? `${seconds / 60} min` : `${Math.floor(seconds)} s`;
}

/** Formats a duration with three digits: "12.3 ms", "2 s". */
export function renderDuration(seconds: number): string {
  const short = { maximumSignificantDigits: 3 };
  return seconds < 1 ? `${formatNumber(seconds * 1000, short)} ms` : `${formatNumber(seconds, short)} s`;
}

const BYTE_UNITS = ["B", "kB", "MB", "GB", "TB"] as const;

/** Formats a number of bytes with three digits, in units of a thousand: "1.2 MB". */
export function renderBytes(bytes: number): string {
  const rounded = Number(bytes.toPrecision(3));
  const thousands = rounded < 1 ? 0 : Math.floor(Math.log10(rounded) / 3);
  const unit = Math.min(thousands, BYTE_UNITS.length - 1);
  return `${formatNumber(rounded / 1000 ** unit, { maximumSignificantDigits: 3 })} ${BYTE_UNITS[unit]}`;
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

const hourAndMinute = new Intl.DateTimeFormat("en-GB", { hour: "2-digit", minute: "2-digit" });

/** Formats the time of day of `ms` since 1970, without seconds. */
export function renderClock(ms: number): string {
  return hourAndMinute.format(ms);
}

const dayAndMonth = new Intl.DateTimeFormat("en-GB", { day: "numeric", month: "short" });

/** Formats the day of `ms` since 1970: "26 Nov". */
export function renderDate(ms: number): string {
  return dayAndMonth.format(ms);
}

/** Formats money, and each detail as `key=value`, in order. Text with spaces is quoted, long text is cut. */
export function renderDetails({ money, details }: Pick<LiveEvent, "money" | "details">): string[] {
  const rest = Object.entries(details).map(([key, value]) => `${key}=${renderDetail(value)}`);
  return money ? [formatMoney(money.amount, money.currency), ...rest] : rest;
}

/** Formats one detail of an event. */
export function renderDetail(value: LiveEvent["details"][string]): string {
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
