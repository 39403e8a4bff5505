/** Everything that a help text may hold, read by the reference implementation of GitHub's Markdown. */
import { defineCatalog } from "@rumkit/protocol";
import { micromark } from "micromark";
import { gfm, gfmHtml } from "micromark-extension-gfm";
import { expect, it } from "vitest";
import { escapeMarkdown } from "./markdown.ts";
import { renderMetricsDoc } from "./metricsDoc.ts";
import { describeMetrics } from "@rumkit/server";

const hostile = [
  "Line one.\n\n# A heading\n- a list.",
  "A | b || c \\| d \\.",
  "<script>alert(1)</script><img src=x onerror=alert(1)>.",
  "<!-- a comment --> --> &lt; &amp; &#106;.",
  "[a link](javascript:alert(1)) ![a picture](http://x/y) [a]: http://z.",
  "http://a.example and https://b.example/?q=1 and www.c.example and WWW.d.example.",
  "fox@shop.example, mailto:a@b.example, xmpp:a@b.example/c.",
  "<http://a.example> <a@b.example>.",
  "*emphasis* **strong** _low_ __lower__ ~~gone~~ `code` ``two`` $math$.",
  "A tab\tand\ra return, a separator\u2028 and a bell\u0007.",
  "snake_case and __other__ and a_b_.",
];

const toHtml = (text: string): string =>
  micromark(text, { extensions: [gfm()], htmlExtensions: [gfmHtml()], allowDangerousHtml: true });

const entities: Record<string, string> = { "&amp;": "&", "&lt;": "<", "&gt;": ">", "&quot;": '"' };
const toText = (html: string): string =>
  html.replaceAll("<!-- -->", "").replaceAll(/&(?:amp|lt|gt|quot);/g, (entity) => entities[entity]!);

it.each(hostile)("%j is shown as it is", (help) => {
  const table = toHtml(`| a | b |\n| --- | --- |\n| ${escapeMarkdown(help)} | end |\n`);
  const cells = [...table.matchAll(/<td>(.*?)<\/td>/gs)].map(([, cell]) => cell ?? "");
  expect(cells).toHaveLength(2);
  expect(cells[0]!.replaceAll("<!-- -->", "")).not.toMatch(/<|\n/);
  expect(toText(cells[0]!)).toBe(help.replaceAll(/[\s\p{Cc}]+/gu, " ").trim());
});

it("the reference keeps its rows and has no element but its own", () => {
  const actions = Object.fromEntries(
    hostile.map((help, index) => [`m${index}`, { help, unit: "seconds", buckets: [1] } as const]),
  );
  const catalog = defineCatalog({ app: "shop", routes: ["/"], measurements: actions });
  const descriptors = describeMetrics(catalog);
  const html = toHtml(renderMetricsDoc(descriptors));
  const own = /<\/?(?:h[12]|p|table|thead|tbody|tr|th|td|code|strong)(?: align="right")?>|<!--.*?-->/g;
  expect(html.replaceAll(own, "")).not.toMatch(/<|>/);
  const rows = html.match(/<tr>\s*<td><code>rum_m\d+_seconds<\/code><\/td>/g) ?? [];
  expect(rows).toHaveLength(hostile.length);
});
