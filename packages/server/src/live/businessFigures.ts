import {
  type ActionSpec,
  type Catalog,
  currencyExponent,
  type LiveGroup,
  type StandardFamily,
} from "@rumkit/protocol";
import { DAY, type Figure, type FigureKinds, SHARE_WINDOW, titleOf } from "./figure.ts";
import { measurementFamilyName } from "../catalog/describeCatalogMetrics.ts";
import { gaugeFigures } from "./gaugeFigures.ts";
import { type Goal, primaryConversion } from "../catalog/primaryConversion.ts";
import { WINDOW_SECONDS } from "./windows.ts";

/** The family of revenue. */
export const REVENUE = "revenue_total";

/** Maximum figures of catalog entries, because each takes 100 kB of history. Learned names have the same limit. */
const MAX_DECLARED = 60;

/** Titles of entries whose standard family is usually called differently. */
const FAMILY_TITLES: Readonly<Record<StandardFamily, string>> = {
  orders_created_total: "Orders",
  user_registrations_total: "Registrations",
  user_logins_total: "Logins",
  user_logouts_total: "Logouts",
  failed_login_attempts_total: "Failed logins",
};

const today = { period: "today", windowSeconds: DAY, decimals: 0, unit: "count" } as const;

/** Returns the figures of the business: its goal first, then everything that the catalog declares. */
export function businessFigures(catalog: Catalog, kinds: FigureKinds): Figure[] {
  const goal = primaryConversion(catalog);
  const sessions = kinds.sum(
    { name: "sessions_today", title: "Sessions", group: "business", ...today, help: "Sessions that began." },
    [{ metric: "rum_sessions_total" }],
  );
  const visitors = kinds.gauge(
    {
      name: "active_sessions",
      title: "Visitors now",
      group: "business",
      unit: "count",
      decimals: 0,
      windowSeconds: SHARE_WINDOW,
      period: "now",
      help: "Sessions that sent something in the last five minutes.",
    },
    { metric: "rum_active_sessions" },
  );
  const conversions = Object.entries(catalog.conversions ?? {})
    .toSorted(([a], [b]) => Number(b === goal?.name) - Number(a === goal?.name))
    .slice(0, MAX_DECLARED)
    .map(([name, spec]) => conversionFigure(kinds, { name, side: spec.from ?? "page" }, spec, goal));
  const [first] = conversions;
  return [
    ...currenciesOf(catalog).map((currency) => revenueFigure(currency, kinds)),
    ...(goal && first ? [first, visitors, rateFigure(kinds, goal, first, sessions)] : [visitors]),
    sessions,
    ...conversions.slice(1),
    ...gaugeFigures(catalog, kinds),
    ...declaredFigures(catalog, kinds).slice(0, MAX_DECLARED),
  ];
}

/** Conversions for each session that began. */
export function rateFigure(
  kinds: FigureKinds,
  { name }: Goal,
  conversions: Figure,
  sessions: Figure,
): Figure {
  return kinds.ratio(
    {
      name: "conversion_rate",
      title: "Conversion rate",
      group: "business",
      unit: "ratio",
      decimals: 1,
      windowSeconds: DAY,
      period: "today",
      help: `Conversions "${name}" for each session that began.`,
    },
    conversions,
    sessions,
  );
}

export function conversionFigure(
  kinds: FigureKinds,
  { name, side }: Goal,
  { family, help }: Pick<ActionSpec, "family" | "help">,
  goal: Goal | undefined,
  figureName = `conversion_${name}_today`,
): Figure {
  const isGoal = goal?.name === name;
  return kinds.sum(
    {
      name: figureName,
      title: family === undefined ? titleOf(name) : FAMILY_TITLES[family],
      group: "business",
      ...today,
      help: `${help} Conversions "${name}", as ${side === "server" ? "the backend" : "pages"} reported them.`,
      ...(isGoal && { primary: true }),
      mayBeEmpty: !isGoal || side === "server",
    },
    [
      {
        metric: side === "server" ? "conversions_total" : "rum_conversions_total",
        labels: { conversion: name },
      },
    ],
  );
}

/** Returns the figure of the revenue in one currency. */
export function revenueFigure(currency: string, kinds: FigureKinds): Figure {
  return kinds.sum(
    {
      name: `revenue_today_${currency.toLowerCase()}`,
      title: `Revenue, ${currency}`,
      group: "business",
      unit: "money",
      currency,
      decimals: currencyExponent(currency),
      windowSeconds: DAY,
      period: "today",
      help: "Money of conversions that the backend reported.",
      mayBeEmpty: true,
    },
    [{ metric: REVENUE, labels: { currency } }],
  );
}

/** Actions and measurements of the catalog. */
function declaredFigures({ actions = {}, measurements = {} }: Catalog, kinds: FigureKinds): Figure[] {
  return [
    ...Object.entries(actions).map(([name, spec]) => actionFigure(kinds, name, spec)),
    ...Object.entries(measurements).flatMap(([name, spec]) => {
      const { from, unit, help } = spec;
      const metric = measurementFamilyName(name, spec);
      const group: LiveGroup = from === "server" ? "backend" : "experience";
      return [
        kinds.sum(
          {
            name: `measurement_${name}_today`,
            title: `${titleOf(name)}, count`,
            group,
            ...today,
            help,
            mayBeEmpty: true,
          },
          [{ metric }],
          true,
        ),
        kinds.quantile(
          {
            name: `measurement_${name}_p75`,
            title: `${titleOf(name)}, 75th percentile`,
            group,
            unit,
            decimals: unit === "bytes" ? 0 : 2,
            windowSeconds: WINDOW_SECONDS,
            help,
            mayBeEmpty: true,
          },
          0.75,
          { metric },
        ),
      ];
    }),
  ];
}

export function actionFigure(
  kinds: FigureKinds,
  name: string,
  { from = "page", help, family }: Pick<ActionSpec, "from" | "help" | "family">,
  figureName = `action_${name}_today`,
): Figure {
  return kinds.sum(
    {
      name: figureName,
      title: family === undefined ? titleOf(name) : FAMILY_TITLES[family],
      group: "business",
      ...today,
      help,
      mayBeEmpty: true,
    },
    [{ metric: from === "server" ? "actions_total" : "rum_actions_total", labels: { action: name } }],
  );
}

/** The currencies of revenue: conversions that pages report are not revenue. */
function currenciesOf(catalog: Catalog): string[] {
  const paid = Object.values(catalog.conversions ?? {}).filter((spec) => spec.from === "server");
  return [...new Set(paid.flatMap((spec) => spec.value?.money ?? []))];
}
