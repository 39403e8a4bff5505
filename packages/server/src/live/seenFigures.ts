import type { Series } from "../metrics/seriesStore.ts";
import { actionFigure, conversionFigure, rateFigure, REVENUE, revenueFigure } from "./businessFigures.ts";
import type { Figure, FigureKinds } from "./figure.ts";
import { AFTER_BUSINESS } from "./figures.ts";
import type { Goal } from "../catalog/primaryConversion.ts";

/** Maximum learned names that get a figure: a page can show no more, and each takes memory. */
const MAX_LEARNED = 24;

/** A figure that was added because something was counted, and the figure before which it is placed. */
export interface SeenFigure {
  readonly figure: Figure;
  /** The name of the figure after it. Undefined if it is the first one. */
  readonly before: string | undefined;
}

export interface SeenFiguresOptions {
  readonly kinds: FigureKinds;
  /** The figures of the catalog. */
  readonly figures: readonly Figure[];
  /** True if names are learned. */
  readonly learns: boolean;
  /** The goal of the catalog. */
  readonly goal: Goal | undefined;
}

type Kind = "conversion" | "action";
type Side = Goal["side"];

const FAMILIES: Readonly<Record<string, readonly [Kind, Side]>> = {
  conversions_total: ["conversion", "server"],
  rum_conversions_total: ["conversion", "page"],
  actions_total: ["action", "server"],
  rum_actions_total: ["action", "page"],
};

/**
 * Returns a function that gives a new series its figures: of a currency, of a name that is learned. Without a goal in the
 * catalog, the first conversion with revenue becomes the goal.
 */
export function createSeenFigures(options: SeenFiguresOptions): (series: Series) => SeenFigure[] {
  const { kinds, figures, learns } = options;
  const declared = new Set(figures.map(({ description }) => description.name));
  const seen = new Map<string, Figure>();
  const sessions = figures.find(({ description }) => description.name === "sessions_today");
  let { goal } = options;

  const add = (figure: Figure, before: string | undefined): SeenFigure[] => {
    seen.set(figure.description.name, figure);
    return [{ figure, before }];
  };
  const seeName = (kind: Kind, side: Side, name: string): SeenFigure[] => {
    const figureName = figureNameOf(kind, side, name);
    const isKnown = declared.has(`${kind}_${name}_today`) || seen.has(figureName);
    if (!learns || isKnown || seen.size >= MAX_LEARNED) return [];
    return add(nameFigure(kinds, kind, { name, side }, goal), AFTER_BUSINESS);
  };
  const chooseGoal = (name: string): SeenFigure[] => {
    goal = { name, side: "server" };
    const made = seeName("conversion", "server", name);
    const figure = seen.get(`conversion_${name}_today`);
    if (!figure || !sessions) return made;
    figure.description.primary = true;
    return [...made, ...add(rateFigure(kinds, goal, figure, sessions), "sessions_today")];
  };
  const seeRevenue = (currency: string, conversion: string | undefined): SeenFigure[] => {
    const name = `revenue_today_${currency.toLowerCase()}`;
    const isKnown = declared.has(name) || seen.has(name);
    const revenue = isKnown ? [] : add(revenueFigure(currency, kinds), undefined);
    return goal || conversion === undefined ? revenue : [...revenue, ...chooseGoal(conversion)];
  };

  return ({ descriptor, labels }) => {
    const { currency, conversion, action } = labels;
    if (descriptor.name === REVENUE) return currency === undefined ? [] : seeRevenue(currency, conversion);
    const [kind, side] = FAMILIES[descriptor.name] ?? [];
    const name = kind === "conversion" ? conversion : action;
    return kind && side && name !== undefined ? seeName(kind, side, name) : [];
  };
}

/** A page and the backend may use the same name with different meanings. */
function figureNameOf(kind: Kind, side: Side, name: string): string {
  return `${side === "page" ? "page_" : ""}${kind}_${name}_today`;
}

function nameFigure(kinds: FigureKinds, kind: Kind, named: Goal, goal: Goal | undefined): Figure {
  const { name, side } = named;
  const figureName = figureNameOf(kind, side, name);
  return kind === "conversion"
    ? conversionFigure(kinds, named, { help: "A goal reached." }, goal, figureName)
    : actionFigure(kinds, name, { from: side, help: "An action." }, figureName);
}
