import { expect, test } from "vitest";
import { sourceMappingUrl } from "./mapFile.ts";

const CODE = 'console.log("a");';

test.each([
  ["a line comment", `${CODE}\n//# sourceMappingURL=app.js.map`, "app.js.map"],
  ["with a line break behind", `${CODE}\n//# sourceMappingURL=app.js.map\n`, "app.js.map"],
  ["with Windows' line breaks", `${CODE}\r\n//# sourceMappingURL=app.js.map\r\n`, "app.js.map"],
  ["the form of old tools", `${CODE}\n//@ sourceMappingURL=app.js.map`, "app.js.map"],
  ["a block comment", `${CODE}\n/*# sourceMappingURL=app.js.map */`, "app.js.map"],
  ["at the end of the last line of code", `${CODE}//# sourceMappingURL=app.js.map`, "app.js.map"],
  [
    "before other comments",
    `${CODE}\n\n//# sourceMappingURL=0v.js.map\n//# debugId=1\n/* MIT */\n`,
    "0v.js.map",
  ],
  ["behind other comments", `${CODE}\n//# debugId=1\n//# sourceMappingURL=0v.js.map`, "0v.js.map"],
  ["the last of two", `//# sourceMappingURL=a.map\n${CODE}\n//# sourceMappingURL=b.map`, "b.map"],
  [
    "an address",
    `${CODE}\n//# sourceMappingURL=https://cdn.example/a/b.js.map?v=1`,
    "https://cdn.example/a/b.js.map?v=1",
  ],
  [
    "inline",
    `${CODE}\n//# sourceMappingURL=data:application/json;base64,e30=`,
    "data:application/json;base64,e30=",
  ],
])("a script's map is named by %s", (_how, script, url) => {
  expect(sourceMappingUrl(script)).toBe(url);
});

test.each([
  ["nothing", CODE],
  ["an empty script", ""],
  ["a string in the code", 'const s = "//# sourceMappingURL=app.js.map";'],
  ["a string that ends the script", "module.exports = `\n//# sourceMappingURL=app.js.map`"],
  ["a comment above the code", `//# sourceMappingURL=app.js.map\n${CODE}`],
  ["no URL", `${CODE}\n//# sourceMappingURL=`],
])("a script with %s names no map", (_how, script) => {
  expect(sourceMappingUrl(script)).toBeUndefined();
});

test("a script of 20 MB in one line is read in linear time", () => {
  expect(sourceMappingUrl(`${"//# ".repeat(5_000_000)}\n//# sourceMappingURL=a.map`)).toBe("a.map");
  expect(sourceMappingUrl("/* ".repeat(1_000_000))).toBeUndefined();
});
