import { describe, expect, test } from "vitest";
import { recordSources, userClick } from "../../test/recordSources.ts";
import { clicks } from "./clicks.ts";

const page = recordSources();

/** Clicks the element as a user does, and returns the names that counted. */
async function namesOf(...selectors: string[]): Promise<string[]> {
  page.start([clicks()]);
  for (const selector of selectors) userClick(document.querySelector(selector)!);
  return (await page.events("click")).map((event) => (event as { name: string }).name);
}

describe("a click is named", () => {
  test.each([
    ["by its own name", `<button id=go data-rum=buy>Go</button>`, "buy"],
    ["by the closest name", `<p data-rum=far><b data-rum=near><i id=go>Go</i></b></p>`, "near"],
    ["by no empty name", `<button data-rum=""><i id=go>Go</i></button>`, "tag:button"],
    ["by the closest button", `<button><i id=go>Go</i></button>`, "tag:button"],
    ["by the closest link", `<a href="/x"><i id=go>Go</i></a>`, "tag:a"],
    ["by the closest role", `<div role=menuitem><i id=go>Go</i></div>`, "tag:menuitem"],
    ["by the role of a link", `<a role=tab id=go>Go</a>`, "tag:tab"],
    ["by its tag", `<p id=go>Go</p>`, "tag:p"],
    ["by the name above its role", `<div data-rum=menu><div role=menuitem id=go>Go</div></div>`, "menu"],
  ])("%s", async (_what, html, name) => {
    document.body.innerHTML = html;
    expect(await namesOf("#go")).toEqual([name]);
  });

  test("by the role in browsers that have no property for it", async () => {
    document.body.innerHTML = `<div role=menuitem id=go>Go</div>`;
    Object.defineProperty(document.querySelector("#go"), "role", { value: undefined });
    expect(await namesOf("#go")).toEqual(["tag:menuitem"]);
  });

  test("by what contains its shadow tree", async () => {
    document.body.innerHTML = `<button data-rum=buy><x-icon></x-icon></button>`;
    const tree = document.querySelector("x-icon")!.attachShadow({ mode: "open" });
    tree.innerHTML = "<svg></svg>";
    page.start([clicks()]);
    userClick(tree.querySelector("svg")!);
    expect(await page.events("click")).toMatchObject([{ name: "buy" }]);
  });
});

// Its echo on the control is in `userInput.test.ts` of `test/e2e`: happy-dom makes it by script.
test("a label gives way to the name of its control", async () => {
  document.body.innerHTML = `<label id=text data-rum=label>News <input data-rum=box type=checkbox></label>`;
  expect(await namesOf("#text")).toEqual(["box"]);
});

test.each([
  ["a link", `<a id=go href="#terms" data-rum=terms>terms</a>`],
  ["what is in a link", `<a href="#terms" data-rum=terms><i id=go>terms</i></a>`],
  ["a button", `<button id=go type=button data-rum=terms>?</button>`],
  ["another field", `<input id=go data-rum=terms>`],
])(
  "inside a label, %s counts its clicks under its own name, and the control counts none",
  async (_what, html) => {
    document.body.innerHTML = `<label data-rum=label><input type=checkbox data-rum=box> I agree to the ${html}</label>`;
    expect(await namesOf("#go")).toEqual(["terms"]);
  },
);

test("a field inside its label counts each click", async () => {
  document.body.innerHTML = `<label data-rum=label><input id=go></label>`;
  page.start([clicks()]);
  for (let times = 0; times < 3; times += 1) userClick(document.querySelector("#go")!);
  expect(await page.events("click")).toMatchObject([{ name: "label", count: 3 }]);
});

test("clicks by script do not count", async () => {
  document.body.innerHTML = `<button id=go>Go</button>`;
  page.start([clicks()]);
  const button = document.querySelector<HTMLElement>("#go")!;
  button.click();
  button.dispatchEvent(new MouseEvent("click", { bubbles: true, detail: 1 }));
  expect(await page.events("click")).toEqual([]);
});
