import { globSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { parseSync, type ESTree, Visitor } from "vite";
import { ROOT } from "./steps.ts";

const MARK = "[rumkit] ";

/** Functions that put the mark before their text. */
const MARKING = new Set(["warnOnce"]);

const PACKAGES: readonly (readonly [folder: string, title: string])[] = [
  ["browser", "On the console of a page: @rumkit/browser"],
  ["react", "On the console of a page: @rumkit/react"],
  ["client", "In a service: @rumkit/client"],
  ["server", "From the collector: @rumkit/server"],
  ["cli", "From the command rumkit"],
];

/** Every message of the packages, as it is in their sources; an ellipsis stands for a value. */
export function renderMessages(): string {
  const groups = PACKAGES.map(([folder, title]) => {
    const messages = new Set(sourcesOf(folder).flatMap(messagesIn));
    const lines = [...messages].toSorted().map((message) => `- \`${message.replaceAll("`", "'")}\``);
    return `## ${title}\n\n${lines.join("\n")}\n`;
  });
  return groups.join("\n");
}

function sourcesOf(folder: string): string[] {
  const files = globSync(`packages/${folder}/src/**/*.{ts,tsx}`, { cwd: ROOT });
  return files.filter((file) => !/\.test(-d)?\.tsx?$/.test(file));
}

/** The messages in one source file: texts that start with the mark, and those that get it from a function. */
export function messagesIn(file: string): string[] {
  const source = readFileSync(join(ROOT, file), "utf8");
  const found: string[] = [];
  const add = (text: string): void => {
    const [message = ""] = text.trim().split("\n");
    // A text without words gets them from its caller, who has a mark too, or names a fault of what was given.
    if ((message.match(/[a-z]{2,}/gi) ?? []).length > 3) found.push(message);
  };
  const read = (node: ESTree.Node): void => {
    const text = textOf(node);
    if (text?.startsWith(MARK)) add(text);
  };
  /** Texts within a longer one, which was read already. */
  const parts = new Set<object>();
  new Visitor({
    BinaryExpression(node) {
      if (parts.has(node)) return;
      for (const part of addendsOf(node)) parts.add(part);
      read(node);
    },
    Literal(node) {
      if (!parts.has(node)) read(node);
    },
    TemplateLiteral(node) {
      if (!parts.has(node)) read(node);
    },
    CallExpression({ callee, arguments: [first] }) {
      if (callee.type !== "Identifier" || !MARKING.has(callee.name) || !first) return;
      const text = textOf(first);
      if (text !== undefined) add(MARK + text);
    },
  }).visit(parseSync(file, source).program);
  return found;
}

/** The text of an expression, with an ellipsis for each value; undefined for what is not a text. */
function textOf(node: ESTree.Node): string | undefined {
  if (node.type === "Literal") return typeof node.value === "string" ? node.value : undefined;
  if (node.type === "TemplateLiteral") return node.quasis.map(({ value }) => value.cooked ?? "").join("…");
  if (node.type !== "BinaryExpression" || node.operator !== "+") return undefined;
  const [left, right] = [textOf(node.left), textOf(node.right)];
  return left === undefined && right === undefined ? undefined : `${left ?? "…"}${right ?? "…"}`;
}

function addendsOf({ left, right }: { left: ESTree.Node; right: ESTree.Node }): object[] {
  return [left, right].flatMap((part) =>
    part.type === "BinaryExpression" ? [part, ...addendsOf(part)] : [part],
  );
}
