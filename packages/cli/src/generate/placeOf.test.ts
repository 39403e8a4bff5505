import { describe, expect, test } from "vitest";
import { createPlaceFinder } from "./placeOf.ts";

const NEWCOMER = `
import { defineCatalog } from "@rumkit/protocol";

interface Options { readonly app: string; readonly routes: string[] }
const categories = ["books", "games"] as const;
const shared = { help: "Shared.", labels: { category: categories } };
// actions: { search: {} }
export const catalog = defineCatalog({
  app: "shop", // the app: { routes }
  routes: ["/", "/a/:id",
    "/a/new"],
  actions: {
    "search": { help: "{ help", from: "page" },
    add: shared,
    remove: { ...shared, labels: { category: categories, 'plan': ["a", "b"] } },
  },
  jobs: withDefaults({ send: { help: "Sent." } }),
  conversions,
});
const conversions: Record<string, object> = { paid: { help: "Paid." } };
`;

describe("the place of a value of the catalog", () => {
  test.each<[path: (string | number)[], place: string, text: string]>([
    [[], "8:38", "{"],
    [["app"], "9:3", "app"],
    [["routes"], "10:3", "routes"],
    [["routes", 1], "10:17", '"/a/:id"'],
    [["routes", 2], "11:5", '"/a/new"'],
    [["routes", 9], "10:3", "routes"],
    [["actions", "search", "help"], "13:17", "help"],
    [["actions", "search", "labels"], "13:5", '"search"'],
    [["actions", "add", "help"], "6:18", "help"],
    [["actions", "add", "labels", "category", 1], "5:30", '"games"'],
    [["actions", "remove", "labels", "plan", 1], "15:72", '"b"'],
    [["actions", "remove", "help"], "6:18", "help"],
    [["jobs", "send", "help"], "17:32", "help"],
    [["conversions", "paid", "help"], "20:55", "help"],
  ])("%j", (path, place, text) => {
    const { line, column } = createPlaceFinder(NEWCOMER)(path)!;
    expect(`${line}:${column}`).toBe(place);
    expect(NEWCOMER.split("\n")[line - 1]!.slice(column - 1)).toMatch(
      new RegExp(`^${text.replace(/[{]/g, "\\$&")}`),
    );
  });

  test.each<[kind: string, source: string, place: unknown]>([
    ["JSON", '{\n  "app": "shop",\n  "routes": ["/"]\n}', { line: 3, column: 14 }],
    ["CommonJS", 'module.exports = {\n  app: "shop", routes: [\n"/"] };', { line: 3, column: 1 }],
    ["code that builds it", "export const catalog = build();", undefined],
    [
      "names without a value",
      "import { app, routes } from './parts';\nexport default make(app, routes);",
      undefined,
    ],
    [
      "a circle of names",
      "const a = b;\nconst b = a;\nexport default { app, routes: a };",
      { line: 3, column: 23 },
    ],
    [
      "an element behind others",
      'export default { app: "a", routes: [...more, "/"] };',
      { line: 1, column: 28 },
    ],
    ["an empty file", "", undefined],
  ])("in %s", (_kind, source, place) => {
    expect(createPlaceFinder(source)(["routes", 0])).toEqual(place);
  });
});
