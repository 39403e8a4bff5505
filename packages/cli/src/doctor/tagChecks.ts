import { nearestName, reasonOf } from "@rumkit/server/internal/base";
import { type Check, ok, warn } from "./check.ts";

/** Attributes of the tag of `/rum.js`, each with the test of its value and the values in words. Others it does not read. */
export const TAG_ATTRIBUTES: Readonly<Record<string, readonly [values: RegExp, words: string]>> = {
  url: [/./, "the URL of the collector"],
  key: [/./, "a write key"],
  app: [/./, "the app of the catalog"],
  release: [/./, "text"],
  environment: [/./, "text"],
  consent: [/^(?:granted|denied|unknown)$/, "granted, denied or unknown"],
  "sample-rate": [/^(?:0?\.\d+|[01](?:\.0*)?)$/, "a number from 0 to 1"],
  "page-views": [/^(?:auto|manual)$/, "auto or manual"],
  credentials: [/^(?:omit|same-origin|include)$/, "omit, same-origin or include"],
  debug: [/^(?:true|false)?$/, "true or false"],
  embedded: [/^(?:true|false)?$/, "true or false"],
  start: [/^(?:true|false)?$/, "true or false"],
  rumkit: [/^/, "nothing"],
};

/** Milliseconds for the page. */
const TIMEOUT_MS = 10_000;

/**
 * Checks the script tag of a page, which says nothing itself about an attribute that it does not know. Tags that another
 * script inserts are not in the HTML, and so not found.
 */
export async function checkTag(page: string): Promise<Check[]> {
  const signal = AbortSignal.timeout(TIMEOUT_MS);
  const answer = await fetch(page, { signal }).catch(reasonOf);
  if (typeof answer === "string")
    return [warn("tag", `${page} does not answer: ${answer}.`, "Is --page the address of a page?")];
  const html = await answer.text();
  const tags = findTags(html);
  if (tags.length === 0)
    return [
      ok("tag", `The HTML of ${page} has no tag of /rum.js: a bundle or another script brings the client.`),
    ];
  const faults = tags.flatMap(faultsOf);
  const several =
    tags.length > 1 ? [warn("tag", `${page} has ${tags.length} tags.`, "Keep one: the first counts.")] : [];
  return faults.length + several.length > 0
    ? [...faults, ...several]
    : [ok("tag", `Every attribute of the tag of ${page} is known.`)];
}

/** Tags of `/rum.js` and those that are marked: attributes by name, in lower case as HTML has them. */
function findTags(html: string): ReadonlyMap<string, string>[] {
  const bare = html.replaceAll(/<!--[^]*?-->/g, "");
  return [...bare.matchAll(/<script\b((?:"[^"]*"|'[^']*'|[^>"'])*)>/gi)]
    .map(([, text]) => readAttributes(text!))
    .filter(
      (attributes) =>
        attributes.has("data-rumkit") || /\/rum(?:-[\w-]+)?\.js(?:[?#]|$)/.test(attributes.get("src") ?? ""),
    );
}

function readAttributes(text: string): ReadonlyMap<string, string> {
  const found = text.matchAll(/([^\s"'>/=]+)(?:\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s"'>]+)))?/g);
  return new Map(
    [...found].map(([, name, double, single, bare]) => [name!.toLowerCase(), double ?? single ?? bare ?? ""]),
  );
}

function faultsOf(attributes: ReadonlyMap<string, string>): Check[] {
  const names = Object.keys(TAG_ATTRIBUTES).map((name) => `data-${name}`);
  return [...attributes].flatMap(([name, value]) => {
    const option = name.slice("data-".length);
    if (!name.startsWith("data-")) {
      const meant = names.find((known) => known === `data-${name}`);
      return meant === undefined
        ? []
        : [warn("tag", `The tag has ${name}, which it does not read.`, `Write ${meant}.`)];
    }
    if (!Object.hasOwn(TAG_ATTRIBUTES, option)) {
      const meant = nearestName(name, names);
      // Attributes of other tools stand there too.
      return meant === undefined
        ? []
        : [warn("tag", `The tag has ${name}, which it does not read.`, `Did you mean ${meant}?`)];
    }
    const [values, words] = TAG_ATTRIBUTES[option]!;
    return values.test(value) ? [] : [warn("tag", `${name} is "${value}".`, `Write ${words}.`)];
  });
}
