import { describe, expect, test } from "vitest";
import { fingerprintOf, templateMessage, withoutContentHash } from "./faults.ts";
import { parseStack } from "../stack/parseStack.ts";

const print = (stack: string, message = "x is undefined", name = "TypeError"): string =>
  fingerprintOf({ name, message, frames: parseStack(stack) });

const chromium = `TypeError: x is undefined
    at Cart.total (https://shop.example/assets/app-3f2a91bc.js:2:10451)
    at Array.map (<anonymous>)
    at checkout (https://shop.example/assets/app-3f2a91bc.js:3:1)`;

describe("the same fault has the same fingerprint", () => {
  test("after a build that moved lines and changed the file's hash, on another host", () => {
    const later = chromium
      .replaceAll("app-3f2a91bc.js:2:10451", "app-99ee00aa.js:5:20")
      .replaceAll("shop.example", "cdn.example");
    expect(print(later)).toBe(print(chromium));
  });

  test("in Chromium, Firefox and Safari", () => {
    const firefox = `total@https://shop.example/assets/app-3f2a91bc.js:2:10451
checkout@https://shop.example/assets/app-3f2a91bc.js:3:1`;
    const safari = `total@https://shop.example/assets/app-3f2a91bc.js:2:10451
map@[native code]
checkout@https://shop.example/assets/app-3f2a91bc.js:3:1`;
    expect([print(firefox), print(safari)]).toEqual([print(chromium), print(chromium)]);
  });

  test("for any message, and any callers below the fifth frame", () => {
    const frames = [1, 2, 3, 4, 5].map((n) => `    at f${n} (https://a.example/app.js:1:${n})`).join("\n");
    expect(print(`${frames}\n    at home (https://a.example/app.js:1:9)`, "order 1")).toBe(
      print(`${frames}\n    at cart (https://a.example/app.js:1:9)`, "order 2"),
    );
  });
});

test("another name, function or file is another fault", () => {
  const all = [
    print(chromium),
    print(chromium, "", "RangeError"),
    print(chromium.replace("Cart.total", "Cart.add")),
    print(chromium.replace("app-3f2a91bc.js", "admin-3f2a91bc.js")),
  ];
  expect(new Set(all).size).toBe(4);
});

test("without frames the message counts, with numbers and ids left out", () => {
  expect(print("", "Order 4711 of 0b9f8e1c-3a52-4a0e-9f3c-1d2e3f405162 is gone")).toBe(
    print("", "Order 12 of 7a1f2e3d-aaaa-4bbb-8ccc-0123456789ab is gone"),
  );
  expect(print("", "Order 4711 is gone")).not.toBe(print("", "Order 4711 is late"));
  expect(templateMessage("step 2 of checkout-v3 failed for a1b2c3d4e5")).toBe(
    "step 0 of checkout-v0 failed for #",
  );
});

test("a fingerprint is twelve hexadecimal digits", () => {
  expect(print(chromium)).toMatch(/^[\da-f]{12}$/);
});

test.each([
  ["/assets/app-3f2a91bc.js", "/assets/app.js"],
  ["/assets/index-DqX8aB3f.js", "/assets/index.js"],
  ["/assets/index-B_x-9aZ1.js", "/assets/index.js"],
  ["/static/js/main.3f2a91bc.chunk.js", "/static/js/main.chunk.js"],
  ["/static/js/3f2a91bc3f2a91bc3f2a.js", "/static/js/:hash.js"],
  ["/chunk-QW3R5T7Y.js", "/chunk.js"],
  ["/assets/jquery-3.7.1.min.js", "/assets/jquery-3.7.1.min.js"],
  ["/assets/add-to-cart.js", "/assets/add-to-cart.js"],
  ["/orders/4711/view", "/orders/:id/view"],
  ["app.js", "app.js"],
  ["/", "/"],
  ["", ""],
])("%s is %s in a fingerprint", (file, reduced) => {
  expect(withoutContentHash(file)).toBe(reduced);
});
