import { readFileSync } from "node:fs";
import { join } from "node:path";
import { CREATIONS, isTypeScriptFile, type Project } from "./project.ts";
import { folderOf, importExtension, prefixOf, relativeCatalog } from "./sourcePaths.ts";
import { create, edit, paste, prepend, type Step } from "./step.ts";

/** Mounts the collector in a server of the project, before all other middleware. */
export function serverSteps(project: Project): Step[] {
  const { serverEntry: entry } = project;
  const isTypeScript = entry === undefined ? project.isTypeScript : isTypeScriptFile(entry);
  const extension = isTypeScript ? "ts" : project.isModule ? "js" : "mjs";
  const beside = entry === undefined ? prefixOf(project) : folderOf(entry);
  const file = `${beside}collector.${extension}`;
  const catalog = relativeCatalog(project, beside, extension);
  const text = `import { createCollector } from "@rumkit/server";
import { catalog } from "${catalog}";

/** Counts what pages and this server report: /collect, /metrics, and /realtime for people. */
export const collector = createCollector({ catalog });
`;
  return [create(project, file, text), mountStep(project, extension)];
}

const MOUNTS: Readonly<Record<NonNullable<Project["server"]>, (name: string) => string>> = {
  express: (app) => `${app}.use(collector.nodeListener());\n${app}.use(collector.nodeHttpMetrics());\n`,
  hono: (app) => `${app}.use(collector.httpMetrics());\n${app}.route("/", collector.app);\n`,
  fastify: (app) =>
    `const answerMetrics = collector.nodeListener();\n` +
    `${app}.addHook("onRequest", (request, reply, done) => answerMetrics(request.raw, reply.raw, () => done()));\n` +
    `${app}.addHook("onRequest", collector.nodeHttpMetrics());\n`,
};

function mountStep(project: Project, extension: string): Step {
  const { server, serverEntry: entry } = project;
  const mount = MOUNTS[server!];
  const load = (isRequire: boolean): string => {
    const path = `./collector.${importExtension(project, extension)}`;
    return isRequire
      ? `const { collector } = require("${path}");\n`
      : `import { collector } from "${path}";\n`;
  };
  if (entry === undefined)
    return paste(
      "the file that creates your server",
      load(false) + mount("app"),
      "Mount the collector before other middleware",
    );
  const isRequire = !/^import\s/m.test(readFileSync(join(project.folder, entry), "utf8"));
  const added = load(isRequire) + mount("app");
  return edit(project, entry, added, (text) => {
    if (/\bcollector\b/.test(text)) return undefined;
    const creation = new RegExp(CREATIONS[server!], "gm");
    const [found, ...others] = text.matchAll(creation);
    if (!found || others.length > 0) return "unsafe";
    const mounted = text.replace(found[0], () => `${found[0]}\n${mount(found[1]!).trimEnd()}`);
    return prepend(load(isRequire), mounted);
  });
}
