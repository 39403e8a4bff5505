/**
 * Free text as Markdown of one line that shows it as it is: no HTML, no link, no emphasis, no end of a table's cell.
 *
 * GitHub makes links of bare addresses as well (github.github.com/gfm, "Autolinks"). An empty comment after `@` is what
 * keeps it from an e-mail address: it looks for them when escapes are gone.
 */
export function escapeMarkdown(text: string): string {
  return text
    .replaceAll(/[\s\p{Cc}]+/gu, " ")
    .trim()
    .replaceAll(/[\\`*[\]|~$]/g, String.raw`\$&`)
    .replaceAll(/(?<![\p{L}\p{N}])_|_(?![\p{L}\p{N}])/gu, String.raw`\_`)
    .replaceAll("&", "&amp;")
    .replaceAll("<", "&lt;")
    .replaceAll(">", "&gt;")
    .replaceAll("://", String.raw`:\//`)
    .replaceAll(/www\./gi, (start) => `${start.slice(0, -1)}\\.`)
    .replaceAll("@", "@<!-- -->");
}
