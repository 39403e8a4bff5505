/** The catalog's `category` label has the same values: a product of another one would not compile. */
export type Category = "books" | "games" | "music";

export type Currency = "USD" | "EUR";

export interface Product {
  readonly id: string;
  readonly title: string;
  readonly maker: string;
  readonly category: Category;
  readonly blurb: string;
  /** In cents, one price for each currency: no rate, so no rounding. */
  readonly price: Readonly<Record<Currency, number>>;
}

/** Everything that the shop sells, in the order of the list page. */
export const products: readonly Product[] = [
  {
    id: "salt-roads",
    title: "The Salt Roads of Ister",
    maker: "Maud Okonedo",
    category: "books",
    blurb: "Two surveyors, one mule and a river that will not stay where the map puts it.",
    price: { USD: 1999, EUR: 1849 },
  },
  {
    id: "harbour-lights",
    title: "Harbour Lights",
    maker: "Four to play",
    category: "games",
    blurb: "Bring your boats home before the fog. Forty minutes, two to five players.",
    price: { USD: 3450, EUR: 3290 },
  },
  {
    id: "slow-weather",
    title: "Slow Weather",
    maker: "The Lindgren Quartet",
    category: "music",
    blurb: "Nine pieces for strings and rain, recorded in one afternoon.",
    price: { USD: 1250, EUR: 1199 },
  },
  {
    id: "bread-in-winter",
    title: "Bread in Winter",
    maker: "Ana Petrov",
    category: "books",
    blurb: "Thirty loaves for short days, and the patience that each of them asks for.",
    price: { USD: 2895, EUR: 2695 },
  },
  {
    id: "moth-and-lantern",
    title: "Moth & Lantern",
    maker: "Nightjar Table",
    category: "games",
    blurb: "A quiet card game about wanting what burns. For two.",
    price: { USD: 1575, EUR: 1490 },
  },
  {
    id: "copper-hours",
    title: "Copper Hours",
    maker: "Idris Vale",
    category: "music",
    blurb: "Baritone guitar and an old clock. Side B is the clock.",
    price: { USD: 1099, EUR: 1049 },
  },
  {
    id: "a-field-of-owls",
    title: "A Field of Owls",
    maker: "T. H. Marchetti",
    category: "books",
    blurb: "What a village heard in the year that it stopped sleeping.",
    price: { USD: 1425, EUR: 1350 },
  },
  {
    id: "cartographers",
    title: "Cartographers' Quarrel",
    maker: "Four to play",
    category: "games",
    blurb: "Draw the same island from memory. Then argue. Three to six players.",
    price: { USD: 4200, EUR: 3999 },
  },
  {
    id: "low-tide",
    title: "Low Tide Sessions",
    maker: "Marisol & the Piers",
    category: "music",
    blurb: "Eleven songs that were finished before the water came back.",
    price: { USD: 1399, EUR: 1299 },
  },
  {
    id: "glass-orchard",
    title: "The Glass Orchard",
    maker: "Juno Abara",
    category: "books",
    blurb: "A botanist inherits a greenhouse, its debts and one tree that no one can name.",
    price: { USD: 2250, EUR: 2090 },
  },
  {
    id: "tin-parade",
    title: "Tin Parade",
    maker: "Nightjar Table",
    category: "games",
    blurb: "Wind up, line up, march. A race for clumsy armies, two to four players.",
    price: { USD: 2699, EUR: 2550 },
  },
  {
    id: "night-ferry",
    title: "Night Ferry",
    maker: "Odd Lamps",
    category: "music",
    blurb: "Synthesisers, gulls and the last boat out. Best after eleven.",
    price: { USD: 1175, EUR: 1125 },
  },
];

/** The products whose title, maker or category contains the term, in shop order. */
export function findProducts(term: string): readonly Product[] {
  const wanted = term.trim().toLowerCase();
  return products.filter(({ title, maker, category }) =>
    `${title} ${maker} ${category}`.toLowerCase().includes(wanted),
  );
}
