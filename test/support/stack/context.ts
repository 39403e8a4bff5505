import { execFileSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { ROOT } from "./dockerfile.ts";

/** The files that a build sees: those of a clone, without what deploy/Dockerfile.dockerignore leaves out. */
export function contextFiles(): string[] {
  const ignored = readFileSync(join(ROOT, "deploy/Dockerfile.dockerignore"), "utf8")
    .split("\n")
    .filter((line) => line !== "" && !line.startsWith("#"))
    .map((line) => ({ isIgnored: !line.startsWith("!"), pattern: toExpression(line.replace("!", "")) }));
  /** The last line that matches decides. */
  const isIgnored = (name: string): boolean =>
    ignored.findLast(({ pattern }) => pattern.test(name))?.isIgnored ?? false;
  const names = execFileSync("git", ["ls-files", "-co", "--exclude-standard"], {
    cwd: ROOT,
    encoding: "utf8",
  });
  return names
    .trim()
    .split("\n")
    .filter((name) => existsSync(join(ROOT, name)) && !isIgnored(name));
}

/** The files that a source of COPY names: a file, a folder, or a pattern with `*`. */
export function filesOf(source: string, files: readonly string[]): string[] {
  const pattern = source === "." ? /^/ : toExpression(source);
  return files.filter((file) => pattern.test(file));
}

/** Matches a path, or a folder above it. `**` stands for any folders, `*` for a part of a name. */
function toExpression(pattern: string): RegExp {
  const parts = pattern.replace(/\/$/, "").split("/");
  const expression = parts
    .map((part, index) => {
      const last = index === parts.length - 1;
      if (part === "**") return "(?:[^/]+/)*";
      const name = part.replaceAll(/[.+^${}()|[\]\\]/g, String.raw`\$&`).replaceAll("*", "[^/]*");
      return last ? name : `${name}/`;
    })
    .join("");
  return new RegExp(`^${expression}(?:/|$)`);
}
