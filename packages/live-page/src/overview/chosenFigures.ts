import type { LiveFigure } from "@rumkit/protocol";

/** One tile of the hero row: a number, and others of its kind beside it. */
export interface HeroTile {
  readonly title: string;
  readonly figure: LiveFigure;
  /** The same in other currencies. */
  readonly others: readonly LiveFigure[];
}

/** Tiles of the hero row. */
const HERO_TILES = 4;

/** Figures that fill the row if the catalog has no goal and no money, the most useful first. */
const FALLBACKS = ["conversion_rate", "sessions_today", "page_views_per_second", "lcp_p75", "error_rate"];

/**
 * Returns the tiles of the hero row: the figures with the chosen names, in the order of the choice. Default: money, the
 * goal, visitors and the conversion rate, as far as the app has them.
 */
export function heroTiles(figures: readonly LiveFigure[], chosen: readonly string[] = []): HeroTile[] {
  const shown = shownFigures(figures);
  const picked = chosen.flatMap((name) => shown.find((figure) => figure.name === name) ?? []);
  if (picked.length > 0) return picked.map((figure) => ({ title: titleOf(figure), figure, others: [] }));
  const [money, ...others] = shown.filter(({ unit, period }) => unit === "money" && period === "today");
  const single = (figure: LiveFigure | undefined): HeroTile[] =>
    figure ? [{ title: titleOf(figure), figure, others: [] }] : [];
  const named = (name: string): LiveFigure | undefined => shown.find((figure) => figure.name === name);
  const first = [
    ...(money ? [{ title: "Revenue today", figure: money, others }] : []),
    ...single(shown.find(({ primary }) => primary)),
    ...single(named("active_sessions")),
  ];
  return [...first, ...FALLBACKS.flatMap((name) => single(named(name)))].slice(0, HERO_TILES);
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
