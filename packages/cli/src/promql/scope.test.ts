import { expect, it } from "vitest";
import { DEFAULT_LABELS } from "../base/generateSettings.ts";
import { scopeOfBoard, scopeOfRules } from "./scope.ts";

it("rules are of the job that has the app's name, where none is given", () => {
  expect(scopeOfRules({ app: "shop" })).toEqual({
    matchers: 'job="shop"',
    job: 'job="shop"',
    eachJob: ['job="shop"'],
    labels: DEFAULT_LABELS,
    filters: [],
  });
});

it("of several jobs each matches whole, whatever characters it has", () => {
  const { matchers, eachJob } = scopeOfRules({ app: "shop", scrapeJobs: ["a.b", 'c"|d', "a.b"] });
  expect(matchers).toBe(String.raw`job=~"a\\.b|c\"\\|d"`);
  expect(eachJob).toEqual(['job="a.b"', String.raw`job="c\"|d"`]);
});

it.each([['cluster="eu"'], ['cluster=~"eu|us", namespace!="test"'], [String.raw`path="a\"b,job=c"`]])(
  "a selector of labels is added: %s",
  (selector) => {
    expect(scopeOfRules({ app: "shop", selector }).matchers).toBe(`job="shop",${selector}`);
    expect(scopeOfBoard({ app: "shop", selector }).matchers).toBe(
      `job=~"$job",instance=~"$instance",${selector}`,
    );
  },
);

it.each([
  [{ scrapeJobs: [] }, "No job is given"],
  [{ scrapeJobs: [""] }, "is not a job name"],
  [{ scrapeJobs: ["a\nb"] }, "is not a job name"],
  [{ scrapeJobs: ["\uD800"] }, "is not a job name"],
  [{ scrapeJobs: ["a\u2028b"] }, "is not a job name"],
  [{ scrapeJobs: ["a\u202Eb"] }, "is not a job name"],
  [{ selector: 'a="\u2028"' }, "not a list of label matchers"],
  [{ selector: 'a="b\nc"' }, "not a list of label matchers"],
  [{ selector: '{cluster="eu"}' }, "not a list of label matchers"],
  [{ selector: "cluster=eu" }, "not a list of label matchers"],
  [{ selector: 'a="b"} or vector(1) or x{c="d"' }, "not a list of label matchers"],
  [{ selector: "" }, "not a list of label matchers"],
  [{ selector: 'cluster="eu",job="blog"' }, "names the job"],
  [{ selector: 'job =~ "x"' }, "names the job"],
])("%o is refused", (options, sentence) => {
  expect(() => scopeOfRules({ app: "shop", ...options })).toThrow(sentence);
});
