import type { LiveCard, LiveFigure, LiveLayout } from "@rumkit/protocol";
import { type Filter, NO_FILTER } from "../filter/filter.ts";

/** One tile of the hero row: a number, and others of its kind beside it. */
export interface HeroTile {
  readonly title: string;
  readonly figure: LiveFigure;
  /** The same in other currencies. */
  readonly others: readonly LiveFigure[];
  /** The whole of which the figure is a part. */
  readonly outOf?: LiveFigure | undefined;
  /** True for a card of the catalog. */
  readonly isDeclared?: true;
}

interface TileChoice {
  /** Names of the figures; empty for those of the catalog, else the most useful ones. */
  readonly cards?: readonly string[];
  /** The cards of the catalog. */
  readonly layout?: LiveLayout | undefined;
  /** Of a card that is counted by a label of the filter, the tile has the number of its value. */
  readonly filter?: Filter;
}

/** Tiles of the hero row. */
const HERO_TILES = 4;

/** Figures that fill the row if the catalog has no goal and no money, the most useful first. */
const FALLBACKS = ["conversion_rate", "sessions_today", "page_views_per_second", "lcp_p75", "error_rate"];

/**
 * Returns the tiles of the hero row: the figures with the chosen names, in the order of the choice. Default: the cards of the
 * catalog, else money, the goal, visitors and the conversion rate, as far as the app has them.
 */
export function heroTiles(
  figures: readonly LiveFigure[],
  { cards = [], layout, filter = NO_FILTER }: TileChoice = {},
): HeroTile[] {
  const shown = shownFigures(figures);
  const picked = cards.flatMap((name) => shown.find((figure) => figure.name === name) ?? []);
  const tileOf = (figure: LiveFigure): HeroTile => {
    const declared = layout?.cards?.find((card) => card.figure === figure.name);
    return declared ? declaredTile(figures, declared, figure, filter) : single(figure);
  };
  if (picked.length > 0) return picked.map(tileOf);
  if (layout?.cards)
    return layout.cards.flatMap((card) => {
      const figure = figures.find(({ name }) => name === card.figure);
      return figure ? declaredTile(figures, card, figure, filter) : [];
    });
  return usualTiles(shown);
}

function single(figure: LiveFigure): HeroTile {
  return { title: titleOf(figure), figure, others: [] };
}

function declaredTile(
  figures: readonly LiveFigure[],
  card: LiveCard,
  figure: LiveFigure,
  filter: Filter,
): HeroTile {
  return {
    title: card.title || figure.title,
    figure: partIn(figures, figure, filter),
    others: [],
    outOf: wholeOf(figures, card, filter),
    isDeclared: true,
  };
}

/** The whole of which a card's figure is a part, for the filter. */
function wholeOf(
  figures: readonly LiveFigure[],
  { outOf }: LiveCard,
  filter: Filter,
): LiveFigure | undefined {
  const whole = figures.find(({ name }) => name === outOf);
  return whole && partIn(figures, whole, filter);
}

/** Returns the part of a figure that a filter selects: the figure itself if it is not counted by a label of the filter. */
export function partIn(figures: readonly LiveFigure[], figure: LiveFigure, filter: Filter): LiveFigure {
  const part = figures.find(
    ({ partOf }) =>
      partOf?.figure === figure.name &&
      partOf.label !== undefined &&
      filter.get(partOf.label) === partOf.value,
  );
  return part ?? figure;
}

/** The tiles of a page without declared cards. */
function usualTiles(shown: readonly LiveFigure[]): HeroTile[] {
  const [money, ...others] = shown.filter(({ unit, period }) => unit === "money" && period === "today");
  const maybe = (figure: LiveFigure | undefined): HeroTile[] => (figure ? [single(figure)] : []);
  const named = (name: string): LiveFigure | undefined => shown.find((figure) => figure.name === name);
  const first = [
    ...(money ? [{ title: "Revenue today", figure: money, others }] : []),
    ...maybe(shown.find(({ primary }) => primary)),
    ...maybe(named("active_sessions")),
  ];
  return [...first, ...FALLBACKS.flatMap((name) => maybe(named(name)))].slice(0, HERO_TILES);
}

/** Returns the figures that the large chart can show, the default first. */
export function chartFigures(figures: readonly LiveFigure[]): LiveFigure[] {
  const shown = shownFigures(figures);
  const isFirst = ({ unit, primary }: LiveFigure): boolean => unit === "money" || primary === true;
  return [...shown.filter(isFirst), ...shown.filter((figure) => !isFirst(figure))];
}

/** Returns the figures for which something was counted, without the parts of others. */
export function shownFigures(figures: readonly LiveFigure[]): LiveFigure[] {
  return figures.filter(({ hideWhileEmpty = false, partOf }) => !hideWhileEmpty && !partOf);
}

/** The title of a tile. A total also names its day: "Orders today". */
function titleOf({ title, period }: LiveFigure): string {
  return period === "today" && !/rate$/i.test(title) ? `${title} today` : title;
}
