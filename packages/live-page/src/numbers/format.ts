import type { LiveEvent, LiveFigure, LiveTotal } from "@rumkit/protocol";

/** The page is in English, and so are its numbers: "1.234" must not mean two things on one screen. */
const LOCALE = "en-US";

/** From here numbers are written as 12.3K: a card has room for four digits. */
const COMPACT_FROM = 10_000;

/** UTF-16 units of one detail in the tail. A page may send 2048; the row must stay readable. */
const LONGEST_DETAIL = 120;

/** A value and its unit, apart, so that the unit can be set smaller. */
export interface FormattedValue {
  number: string;
  unit: string;
}

type Measure = Pick<LiveFigure, "unit" | "currency">;

/** NumberFormat takes longer to create than to use, and a frame writes some fifty numbers. */
const formats = new Map<string, Intl.NumberFormat>();

function formatNumber(value: number, options: Intl.NumberFormatOptions): string {
  const key = JSON.stringify(options);
  const format = formats.get(key) ?? new Intl.NumberFormat(LOCALE, options);
  formats.set(key, format);
  return format.format(value);
}

/** Three digits that matter, the same number of them while a value wavers. What is whole stays whole. */
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

/** A currency that is no three letters would throw in Intl: it is then written as it came. */
function formatMoney(value: number, currency = "", options: Intl.NumberFormatOptions = {}): string {
  if (!/^[a-z]{3}$/i.test(currency)) return `${formatSteady(value)} ${currency}`.trim();
  const money = { ...options, style: "currency", currency, currencyDisplay: "narrowSymbol" } as const;
  return Math.abs(value) < COMPACT_FROM ? formatNumber(value, money) : formatSteady(value, money);
}

/** Writes a value in the unit of its figure; "–" where there is none. */
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

/** The same in one string: "12.3/s", "182 ms", "1.2%". */
export function renderFigure(measure: Measure, value: number | null): string {
  const { number, unit } = formatFigure(measure, value);
  return unit === "s" || unit === "ms" ? `${number} ${unit}` : number + unit;
}

/** Writes a mark of the value axis: as short as possible, the unit only where the number needs it. */
export function renderTick(measure: Measure, value: number): string {
  if (value === 0) return "0";
  const short = { maximumSignificantDigits: 3, notation: "compact" } as const;
  if (measure.unit === "ratio") return `${formatNumber(value * 100, short)}%`;
  if (measure.unit === "money_per_minute") return formatMoney(value, measure.currency, short);
  if (measure.unit !== "seconds") return formatNumber(value, short);
  return value < 1 ? `${formatNumber(value * 1000, short)} ms` : `${formatNumber(value, short)} s`;
}

/** Says a length of time as people do: "60 s", "5 min". Whole seconds. */
export function renderSpan(seconds: number): string {
  return seconds >= 120 && seconds % 60 === 0 ? `${seconds / 60} min` : `${Math.floor(seconds)} s`;
}

/** Says how old something is: seconds for two minutes, then minutes. */
export function renderAge(ms: number): string {
  const seconds = Math.max(0, Math.floor(ms / 1000));
  return seconds < 120 ? `${seconds} s` : `${Math.floor(seconds / 60)} min`;
}

/** 24 hours, because a log is read by sorting; in the zone of the viewer. */
const clock = new Intl.DateTimeFormat("en-GB", { hour: "2-digit", minute: "2-digit", second: "2-digit" });

/** Writes the time of day, with `ms` since 1970. */
export function renderTime(ms: number): string {
  return clock.format(ms);
}

/** Writes each detail as `key=value`, in their order. Text with blanks is quoted, long text is cut. */
export function renderDetails(details: LiveEvent["details"]): string[] {
  return Object.entries(details).map(([key, value]) => `${key}=${renderDetail(value)}`);
}

function renderDetail(value: LiveEvent["details"][string]): string {
  const text = String(value);
  const cut = text.length > LONGEST_DETAIL ? `${text.slice(0, LONGEST_DETAIL)}…` : text;
  return /\s/.test(cut) ? JSON.stringify(cut) : cut;
}

/** Writes labels as Prometheus does: `route="/cart", source="page"`. */
export function renderLabels(labels: LiveTotal["labels"]): string {
  return Object.entries(labels)
    .map(([name, value]) => `${name}=${JSON.stringify(value)}`)
    .join(", ");
}

/** Writes a total in full: it is compared with a scrape. */
export function renderTotal({ value, sum }: LiveTotal): string {
  const exact = (number: number) => formatNumber(number, { maximumFractionDigits: 6 });
  return sum === undefined ? exact(value) : `${exact(value)} observed, sum ${exact(sum)}`;
}
