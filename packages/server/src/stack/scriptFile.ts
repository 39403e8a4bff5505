import type { StackFrame } from "./stackFrame.ts";

/** Schemes of addresses that are made anew for each page view, or that hold the code itself. */
const WITHOUT_PATH = ["blob:", "data:", "about:", "javascript:"] as const;

/** Folders of code that the app did not write. */
const FOREIGN_FOLDERS = ["/node_modules/", "/bower_components/"] as const;

/**
 * The file of a script's address and whether it is the app's own: without origin, query and hash, which name
 * hosts, users and versions and not the code.
 */
export function scriptFile(address: string): Pick<StackFrame, "file" | "inApp"> {
  const scheme = WITHOUT_PATH.find((start) => address.startsWith(start));
  if (scheme) return { file: scheme, inApp: true };
  const path = withoutQuery(address);
  const colon = path.indexOf("://");
  if (colon < 0) return pathFile(path, path.startsWith("node:"));
  const kind = path.slice(0, colon);
  // An extension's id tells what the user installed.
  if (kind.endsWith("-extension")) return { file: `${kind}:`, inApp: false };
  if (kind === "wasm") return { file: "wasm:", inApp: true };
  const slash = path.indexOf("/", colon + 3);
  const below = slash < 0 ? "/" : path.slice(slash);
  // A folder of a developer's or user's machine: only the name says something to others.
  if (kind === "file") return pathFile(below.slice(below.lastIndexOf("/") + 1), isForeign(below));
  return kind.startsWith("webpack")
    ? pathFile(below.replace(/^\/(?:\.\/)?/, ""), isForeign(below))
    : pathFile(below, isForeign(below));
}

function pathFile(path: string, foreign: boolean): Pick<StackFrame, "file" | "inApp"> {
  // A path of Windows holds the user's name.
  const file = path.slice(path.lastIndexOf("\\") + 1);
  return { file, inApp: !foreign && !isForeign(path) };
}

function isForeign(path: string): boolean {
  return FOREIGN_FOLDERS.some((folder) => path.includes(folder) || path.startsWith(folder.slice(1)));
}

function withoutQuery(address: string): string {
  const query = address.search(/[?#]/);
  return query < 0 ? address : address.slice(0, query);
}
