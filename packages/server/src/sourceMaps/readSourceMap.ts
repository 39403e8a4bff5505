/** The field of a source map that names its script. */
interface SourceMapHead {
  /** The name of the generated script, if the bundler wrote it. */
  readonly file?: string;
}

/** Returns a source map's relevant fields, undefined for a text that is not a source map (ECMA-426: version 3). */
export function readSourceMap(text: string): SourceMapHead | undefined {
  try {
    const map: unknown = JSON.parse(withoutPrefix(text));
    if (typeof map !== "object" || map === null) return undefined;
    const { version, mappings, sections, file } = map as Readonly<Record<string, unknown>>;
    if (version !== 3 || !(typeof mappings === "string" || Array.isArray(sections))) return undefined;
    return typeof file === "string" && file !== "" ? { file } : {};
  } catch {
    return undefined;
  }
}

/**
 * Returns a map's JSON without a byte order mark, and without the line that keeps it from being loaded as a script.
 */
export function withoutPrefix(text: string): string {
  const json = text.startsWith("\uFEFF") ? text.slice(1) : text;
  return json.startsWith(")]}'") ? json.slice(json.indexOf("\n") + 1) : json;
}
