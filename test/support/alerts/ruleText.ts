/** The rules of one file that have these names, in their groups: promtool evaluates fewer of them for each test. */
export function onlyRules(text: string, isWanted: (name: string, rule: string) => boolean): string {
  const [, ...groups] = text.split(/^(?= {2}- name: )/m);
  const kept = groups.flatMap((group) => {
    const [head = "", ...rules] = group.split(/^(?= {6}- (?:alert|record): )/m);
    const wanted = rules.filter((rule) => isWanted(nameOf(rule), rule));
    return wanted.length > 0 ? [head + wanted.join("")] : [];
  });
  return `groups:\n${kept.join("")}`;
}

/** The rules of one file that have these names, and what they read, however many records are in between. */
export function rulesReadBy(text: string, names: readonly string[]): string {
  const rules = text.split(/^(?= {6}- (?:alert|record): )/m).slice(1);
  const wanted = new Set(names);
  // A set goes on with what is added on the way.
  for (const name of wanted)
    for (const rule of rules.filter((each) => nameOf(each) === name))
      for (const [read] of rule.matchAll(/\w+:\w+:\w+/g)) wanted.add(read);
  return onlyRules(text, (name) => wanted.has(name));
}

/** The alerts of a file, each with its windows if it has some: `ShopApiBudgetBurn 1h/5m`. */
export function alertNames(text: string): string[] {
  const rules = text
    .split(/^(?= {6}- (?:alert|record): )/m)
    .filter((rule) => rule.startsWith("      - alert: "));
  return rules.map((rule) => [nameOf(rule), windowsOf(rule)].filter(Boolean).join(" "));
}

/** The windows of a burn rate's alert, such as `1h/5m`. */
export function windowsOf(rule: string): string {
  const [, long, short] = /^ {10}long: "?(\w+)"?\n {10}short: "?(\w+)"?$/m.exec(rule) ?? [];
  return long === undefined ? "" : `${long}/${short}`;
}

/** The description of an alert in the rules. */
export function descriptionIn(rule: string): string {
  const [, block, quoted] = /^ {10}description: (?:\|-\n {12}(.*)|(".*"))$/m.exec(rule) ?? [];
  return block ?? (JSON.parse(quoted!) as string);
}

function nameOf(rule: string): string {
  return /^ {6}- (?:alert|record): "?([\w:]+)"?/.exec(rule)![1]!;
}
