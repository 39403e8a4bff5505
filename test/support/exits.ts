/** The number of times that a page is left, in each test that leaves it again and again. `EXITS=8` for the table in docs/page.md. */
export const EXITS = Number(process.env["EXITS"] ?? 3);
