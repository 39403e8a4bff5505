/**
 * Escapes free text for one line of Markdown: it creates no HTML, no link, no emphasis, and does not end a table cell.
 *
 * GitHub makes links of bare addresses as well (github.github.com/gfm, "Autolinks"). An empty comment after `@`
 * prevents a link to an e-mail address, which GitHub detects after it has removed escapes.
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
