import type { StackFrame } from "./stackFrame.ts";

/** Schemes of URLs that change with each page view, or that contain the code itself. */
const WITHOUT_PATH = ["blob:", "data:", "about:", "javascript:"] as const;

/** Folders of third-party code. */
const FOREIGN_FOLDERS = ["/node_modules/", "/bower_components/"] as const;

/**
 * The file of a script's URL, and whether it belongs to the app. Origin, query and hash are removed: they name hosts,
 * users and versions, not the code.
 */
export function scriptFile(address: string): Pick<StackFrame, "file" | "inApp"> {
  const scheme = WITHOUT_PATH.find((start) => address.startsWith(start));
  if (scheme) return { file: scheme, inApp: true };
  const path = withoutQuery(address);
  const colon = path.indexOf("://");
  if (colon < 0) return pathFile(path, path.startsWith("node:"));
  const kind = path.slice(0, colon);
  // The id of an extension would reveal what the user installed.
  if (kind.endsWith("-extension")) return { file: `${kind}:`, inApp: false };
  if (kind === "wasm") return { file: "wasm:", inApp: true };
  const slash = path.indexOf("/", colon + 3);
  const below = slash < 0 ? "/" : path.slice(slash);
  // A path on a developer's or user's machine: only the file name means something to others.
  if (kind === "file") return pathFile(below.slice(below.lastIndexOf("/") + 1), isForeign(below));
  return kind.startsWith("webpack")
    ? pathFile(below.replace(/^\/(?:\.\/)?/, ""), isForeign(below))
    : pathFile(below, isForeign(below));
}

function pathFile(path: string, foreign: boolean): Pick<StackFrame, "file" | "inApp"> {
  // A Windows path contains the name of the user.
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
