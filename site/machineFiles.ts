import { readFileSync } from "node:fs";
import { join } from "node:path";
import { linkedFiles, PAGES, renderMarkdown, ROOT, routeOf } from "./links.ts";
import { SIDEBAR } from "./sidebar.ts";

export const SUMMARY =
  "Real user monitoring and business metrics for TypeScript apps, in your own Prometheus.";

/**
 * The files of the site in addition to its pages, by path: each page as Markdown, `llms.txt` (https://llmstxt.org), and the
 * other files that pages link to.
 */
export function readMachineFiles(): Map<string, string | Buffer> {
  const files = [...linkedFiles()].map(([path, file]) => [path, readFileSync(join(ROOT, file))] as const);
  const pages = PAGES.map((file) => [routeOf(file), renderMarkdown(file)] as const);
  return new Map<string, string | Buffer>([...files, ...pages, ["llms.txt", renderLlms()]]);
}

/** Every page with one line about it, in the order of the sidebar. */
function renderLlms(): string {
  return `# rumkit\n\n> ${SUMMARY}\n\n${renderGroups((file) => `/${routeOf(file)}`)}`;
}

/** The contents in docs/README.md, with links between files. */
export function renderContents(): string {
  return renderGroups((file) => (file.startsWith("docs/") ? file.slice("docs/".length) : `../${file}`));
}

function renderGroups(linkTo: (file: string) => string): string {
  const groups = SIDEBAR.filter(({ pages }) => pages.length > 0).map(({ title, pages }) => {
    const links = pages.map(({ file, title: name, about }) => `- [${name}](${linkTo(file)}): ${about}`);
    return `## ${title}\n\n${links.join("\n")}\n`;
  });
  return groups.join("\n");
}
