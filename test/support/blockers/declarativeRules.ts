/**
 * The network filters of a blocker's list as rules of Chromium's own blocking (declarativeNetRequest): what
 * Chromium runs where it takes no extension of Manifest V2 any more. Both have the same patterns (`||`, `|`, `^`,
 * `*`); filters with options that Chromium lacks are left out.
 */

/** A rule of declarativeNetRequest that blocks. */
export interface BlockRule {
  readonly id: number;
  readonly action: { readonly type: "block" };
  readonly condition: {
    readonly urlFilter?: string;
    readonly resourceTypes: readonly string[];
    readonly domainType?: "firstParty" | "thirdParty";
  };
}

/** The names in a list for the types of requests that a page's script makes. */
const TYPES: Readonly<Record<string, string>> = {
  ping: "ping",
  beacon: "ping",
  xmlhttprequest: "xmlhttprequest",
  xhr: "xmlhttprequest",
};

/** Without a type a filter means all of them; documents and pictures are not ours. */
const EVERY_TYPE = ["ping", "xmlhttprequest", "other"];

/** Reads the filters of a list that hold for every site. */
export function readBlockRules(list: string): BlockRule[] {
  const conditions = list.split("\n").flatMap((line) => readCondition(line) ?? []);
  return conditions.map((condition, index) => ({ id: index + 1, action: { type: "block" }, condition }));
}

function readCondition(line: string): BlockRule["condition"] | undefined {
  // Comments, exceptions, hidden elements, hosts, filters of one site, regular expressions.
  if (line === "" || /^[![]|^@@|^\|\||#[@?$%]*#|domain=|^\/.*\/(\$|$)/.test(line)) return undefined;
  const [, pattern = "", names = ""] = /^(.*?)(?:\$([a-z0-9~,_-]+))?$/.exec(line) ?? [];
  const options = names === "" ? [] : names.split(",");
  const types = options.flatMap((option) => TYPES[option] ?? []);
  const rest = options.filter((option) => !(option in TYPES));
  const domainType = rest.includes("third-party")
    ? "thirdParty"
    : rest.includes("~third-party")
      ? "firstParty"
      : undefined;
  if (rest.some((option) => option !== "third-party" && option !== "~third-party")) return undefined;
  return {
    ...(pattern !== "" && pattern !== "*" && { urlFilter: pattern }),
    resourceTypes: types.length > 0 ? [...new Set(types)] : EVERY_TYPE,
    ...(domainType && { domainType }),
  };
}
