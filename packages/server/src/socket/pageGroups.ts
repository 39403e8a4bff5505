import {
  type Catalog,
  currencyExponent,
  type StreamBusiness,
  type StreamConversion,
  type StreamGauge,
  type StreamMinorUnits,
  type StreamMoney,
  type StreamVital,
  type StreamVitals,
  webVitals,
} from "@rumkit/protocol";
import { gaugeFamilyName } from "../catalog/describeGaugeMetrics.ts";
import { joinOfSets, joinSets } from "../metrics/gaugeJoin.ts";
import type { Series } from "../metrics/seriesStore.ts";
import { type Distribution, quantile } from "./distributions.ts";
import type { Group, GroupOf } from "./group.ts";
import { groupSeries, round, type View } from "./view.ts";

/** The vitals of pages, by route. */
export const vitalsOf: GroupOf<StreamVitals> = (view) => {
  const vitals = Object.entries(webVitals).flatMap(([vital, { metric, unit }]) => {
    const series = view.of(metric);
    const scale = unit === "seconds" ? 1000 : 1;
    return series.length > 0 ? [{ name: vital.toLowerCase(), series, scale }] : [];
  });
  if (vitals.length === 0) return undefined;
  const totals = vitals.flatMap(({ name, series, scale }) => {
    const all = vitalOf(view.window(series), scale);
    return all ? [[`${name}_p75`, all.p75] as const] : [];
  });
  const data = (): StreamVitals =>
    Object.fromEntries(
      vitals.map(({ name, series, scale }) => {
        const routes = [...groupSeries(series, ({ route }) => route)].flatMap(([route, group]) => {
          const rated = vitalOf(view.window(group), scale);
          return rated ? [[route, rated] as const] : [];
        });
        return [name, Object.fromEntries(routes)];
      }),
    );
  return { totals: Object.fromEntries(totals), data };
};

function vitalOf(window: Distribution, scale: number): StreamVital | undefined {
  const { count, good, poor } = window;
  if (count === 0) return undefined;
  return {
    p75: round(quantile(window, 0.75) * scale),
    good: round(good),
    needs_improvement: round(count - good - poor),
    poor: round(poor),
  };
}

/** Conversions by name, never added up, money by currency, exact, and the gauges of the catalog. */
export function businessOf(gauges: NonNullable<Catalog["gauges"]> = {}): GroupOf<StreamBusiness> {
  const named = Object.entries(gauges).map(([name, spec]) => [name, gaugeFamilyName(name, spec)] as const);
  return (view) => readBusiness(view, gaugesOf(view, named));
}

function readBusiness(view: View, gauges: StreamBusiness["gauges"]): Group<StreamBusiness> | undefined {
  const conversions = view.of("conversions_total");
  const ofPages = view.of("rum_conversions_total");
  const revenue = view.of("revenue_total");
  const refunds = view.of("refunds_total");
  const counted = conversions.length + ofPages.length + revenue.length + refunds.length;
  if (counted + Object.keys(gauges).length === 0) return undefined;
  const data: StreamBusiness = {
    conversions: conversionsOf(view, conversions),
    page_conversions: conversionsOf(view, ofPages),
    revenue: moneyOf(view, revenue),
    refunds: moneyOf(view, refunds),
    gauges,
    active_sessions: view.value(view.all("rum_active_sessions")),
  };
  const totals = Object.fromEntries([
    ...totalsOf(data.conversions, "", ({ total }) => total),
    ...totalsOf(data.page_conversions, "page_", ({ total }) => total),
    ...totalsOf(data.revenue, "revenue_", (money) => Number(money.total_minor_units)),
    ...totalsOf(data.refunds, "refunds_", (money) => Number(money.total_minor_units)),
    ...totalsOf(data.gauges, "gauge_", ({ value }) => value),
    ["active_sessions", data.active_sessions],
  ]) as Record<string, number>;
  return { totals, data: () => data };
}

/** The gauges that have a value, each with its series. */
function gaugesOf(
  view: View,
  named: readonly (readonly [name: string, metric: string])[],
): Record<string, StreamGauge> {
  const known = named.flatMap(([name, metric]) => {
    const series = view.known(metric);
    const [first] = series;
    if (!first) return [];
    const values = series.map((each) => view.value([each]));
    const value = joinSets(joinOfSets(first.descriptor), values);
    const each = series.map(({ labels }, index) => ({ labels: { ...labels }, value: values[index]! }));
    return [[name, { value, series: each }] as const];
  });
  return Object.fromEntries(known);
}

function totalsOf<Value>(
  values: Readonly<Record<string, Value>>,
  prefix: string,
  numberOf: (value: Value) => number,
): [string, number][] {
  return Object.entries(values).map(([name, value]) => [prefix + name, numberOf(value)]);
}

function conversionsOf(view: View, series: readonly Series[]): Record<string, StreamConversion> {
  const groups = [...groupSeries(series, ({ conversion }) => conversion)];
  return Object.fromEntries(
    groups.map(([name, group]) => [
      name,
      { total: round(view.value(group)), last_minute: round(view.lastMinute(group)) },
    ]),
  );
}

function moneyOf(view: View, series: readonly Series[]): Record<string, StreamMoney> {
  const groups = [...groupSeries(series, ({ currency }) => currency)];
  return Object.fromEntries(
    groups.map(([currency, group]) => [
      currency,
      {
        total_minor_units: minorUnits(view.money(group)),
        last_minute_minor_units: minorUnits(view.moneyOfLastMinute(group)),
        exponent: currencyExponent(currency),
      },
    ]),
  );
}

/** A number while a double is exact. */
function minorUnits(amount: bigint): StreamMinorUnits {
  const number = Number(amount);
  return Number.isSafeInteger(number) ? number : String(amount);
}
