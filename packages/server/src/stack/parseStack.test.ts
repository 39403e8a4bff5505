import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { parseStack, renderFrame } from "./parseStack.ts";

const rendered = (stack: string): string[] => parseStack(stack).map(renderFrame);

describe("every engine's frames", () => {
  test("Chromium: with and without a function, async, constructors, methods with an alias, native ones", () => {
    const stack = `TypeError: Cannot read properties of undefined (reading 'price')
    at Cart.total [as onClick] (https://shop.example/assets/app-3f2a91bc.js?v=7#top:2:10451)
    at https://shop.example/assets/app-3f2a91bc.js:2:99
    at async checkout (https://shop.example:8443/assets/app-3f2a91bc.js:3:1)
    at new Order (http://localhost:5173/src/order.ts:12:7)
    at Array.map (<anonymous>)
    at async Promise.all (index 0)
    at JSON.parse (native)`;
    expect(rendered(stack)).toEqual([
      "Cart.total (/assets/app-3f2a91bc.js:2:10451)",
      "/assets/app-3f2a91bc.js:2:99",
      "checkout (/assets/app-3f2a91bc.js:3:1)",
      "new Order (/src/order.ts:12:7)",
      "Array.map (<anonymous>)",
      "Promise.all (<native>)",
      "JSON.parse (<native>)",
    ]);
  });

  test("Firefox: closures, pauses, code without a function", () => {
    const stack = `total/<@https://shop.example/app.js:2:10451
async*checkout@https://shop.example/app.js:3:1
setTimeout handler*later@https://shop.example/app.js:4:1
@https://shop.example/app.js:5:1
`;
    expect(rendered(stack)).toEqual([
      "total (/app.js:2:10451)",
      "checkout (/app.js:3:1)",
      "later (/app.js:4:1)",
      "/app.js:5:1",
    ]);
  });

  test("Safari: native code, modules, a bare address", () => {
    const stack = `total@https://shop.example/app.js:2:10451
map@[native code]
module code@https://shop.example/app.js:9:3
https://shop.example/app.js:10:3
[native code]`;
    expect(rendered(stack)).toEqual([
      "total (/app.js:2:10451)",
      "map (<native>)",
      "/app.js:9:3",
      "/app.js:10:3",
      "<native>",
    ]);
  });

  test("code in eval is where eval was called", () => {
    const chromium =
      "    at eval (eval at run (eval at go (https://a.example/app.js:10:5)), <anonymous>:1:1)";
    const firefox = "run@https://a.example/app.js line 10 > eval line 1 > eval:1:1";
    expect(parseStack(chromium)).toEqual([
      { kind: "eval", file: "/app.js", line: 10, column: 5, inApp: true },
    ]);
    expect(parseStack(firefox)).toEqual([
      { kind: "eval", function: "run", file: "/app.js", line: 10, inApp: true },
    ]);
  });

  test("WebAssembly", () => {
    expect(parseStack("    at add (wasm://wasm/0a1b2c3d:wasm-function[3]:0x4f)")).toEqual([
      { kind: "wasm", function: "add", file: "wasm:", inApp: true },
    ]);
    expect(rendered("add@https://a.example/m.wasm:wasm-function[3]:0x4f\n<?>@[wasm code]")).toEqual([
      "add (/m.wasm)",
      "<?> (<wasm>)",
    ]);
  });

  test("React's component stacks, of today and of before version 17", () => {
    const stack = `
    at Price (https://shop.example/app.js:7:3)
    at div (<anonymous>)
    at section
    in Cart (at App.js:12)`;
    expect(rendered(stack)).toEqual(["Price (/app.js:7:3)", "div (<anonymous>)", "Cart (App.js:12)"]);
  });
});

test("names of hosts, user folders and installed extensions are left out", () => {
  const stack = `
    at a (file:///home/ann/shop/app.js:1:2)
    at b (C:\\Users\\Ann\\app.js:1:2)
    at c (chrome-extension://abcdefghijklmnop/inject.js:1:2)
    at d (blob:https://shop.example/0b9f8e1c-3a52-4a0e-9f3c-1d2e3f405162:1:2)
    at e (webpack-internal:///./src/cart.js:4:5)`;
  expect(rendered(stack)).toEqual([
    "a (app.js:1:2)",
    "b (app.js:1:2)",
    "c (chrome-extension::1:2)",
    "d (blob::1:2)",
    "e (src/cart.js:4:5)",
  ]);
});

test("packages, extensions and the engine are not the app's own code", () => {
  const stack = `
    at a (https://shop.example/node_modules/.vite/deps/react.js:1:2)
    at b (webpack-internal:///./node_modules/react/index.js:1:2)
    at c (moz-extension://1/inject.js:1:2)
    at Array.map (<anonymous>)
    at d (https://shop.example/app.js:1:2)`;
  expect(parseStack(stack).map((frame) => frame.inApp)).toEqual([false, false, false, false, true]);
});

test("lines of a message are not frames", () => {
  expect(parseStack("Error: mail ann@shop.example\nat risk\nin short (see above)\n10:30:12")).toEqual([]);
});

test("fifty frames of 256 units are read, and no more", () => {
  const stack = `    at f (https://a.example/${"x".repeat(1000)}.js:1:2)\n    at g (https://a.example/b.js:3:4)\n`;
  const frames = parseStack(stack.repeat(100));
  expect(frames.length).toBeLessThanOrEqual(50);
  expect(JSON.stringify(frames).length).toBeLessThan(50 * 400);
  expect(frames.at(-1)).toMatchObject({ function: "g", line: 3, column: 4 });
});

test("any text is parsed without an error, and frames are within their limits", () => {
  const piece = fc.constantFrom(
    "    at ",
    "@",
    "(",
    ")",
    ":",
    "1",
    "eval at ",
    "\n",
    " line 3 > eval",
    "://",
    "*",
    "/<",
  );
  const text = fc.array(fc.oneof(piece, fc.string({ unit: "binary" })), { maxLength: 30 });
  fc.assert(
    fc.property(text, (pieces) => {
      for (const frame of parseStack(pieces.join(""))) {
        expect(renderFrame(frame).length).toBeLessThan(600);
        expect(frame.line ?? 1).toBeLessThan(1e9);
      }
    }),
    { numRuns: 100 },
  );
});

test.each([
  ["at signs", "@"],
  ["spaces", " "],
  ["open brackets", "    at a ("],
  ["eval in eval", "eval at a ("],
  ["colons and digits", ":1"],
  ["digits", "1"],
  ["new lines", "\n"],
  ["lines of no frame", "at \n"],
  ["closures", "/<"],
])("a megabyte of %s is read in a moment", (_name, piece) => {
  const stack = piece.repeat(Math.ceil(1_000_000 / piece.length));
  const start = process.cpuUsage();
  parseStack(stack);
  parseStack(`    at f (${stack}`);
  parseStack(`f@${stack}:1:1`);
  // Some milliseconds; a search that goes back and forth takes minutes.
  expect(process.cpuUsage(start).user).toBeLessThan(1_000_000);
});
