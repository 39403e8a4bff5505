import { pageSteps } from "./pageSteps.ts";
import type { Project } from "./project.ts";
import { serverSteps } from "./serverSteps.ts";
import { catalogFile } from "./sourcePaths.ts";
import { create, paste, type Step } from "./step.ts";

/** Returns everything that a project needs for its first event, with the URL of its collector. */
export function planProject(project: Project, collector: string): Step[] {
  return [
    catalogStep(project),
    ...pageSteps(project, collector),
    ...(project.server ? serverSteps(project) : [configStep(project, collector)]),
    ...(project.page
      ? []
      : [
          paste(
            "the HTML of your pages",
            `<script src="/rum.js" data-app="${project.app}" defer></script>`,
            "Load the client",
          ),
        ]),
  ];
}

/**
 * Returns the packages to install: the collector for the project's own server, or the command that runs one. Peers of
 * `@rumkit/server` are included, because Yarn does not install them automatically.
 */
export function missingPackages({ page, usesReact, server, packages, installer }: Project): string[] {
  const needed = [
    "@rumkit/protocol",
    server ? "@rumkit/server" : "rumkit",
    ...(server && installer === "yarn add" ? ["hono", "prom-client"] : []),
    ...(server === "hono" ? ["@hono/node-server"] : []),
    ...(page ? ["@rumkit/browser"] : []),
    ...(page && usesReact ? ["@rumkit/react"] : []),
  ];
  return needed.filter((name) => !packages.has(name));
}

const CATALOG = (app: string, importLine: string): string => `${importLine}

/** What the app counts. Names are typed in the page and on the server: add yours here. */
export const catalog = defineCatalog({
  app: "${app}",
  routes: ["/"],
  actions: {
    hello: { help: "The first action. Replace it with one of yours." },
  },
});
`;

function catalogStep(project: Project): Step {
  const text = CATALOG(project.app, 'import { defineCatalog } from "@rumkit/protocol";');
  return create(project, catalogFile(project), text);
}

/** Without a server, `rumkit serve` counts. This is its configuration on a developer's machine. */
function configStep(project: Project, collector: string): Step {
  const first = project.devPort!;
  // Vite and Next.js take the next port if another program has the first.
  const pages = [first, first + 1];
  const port = Number(new URL(collector).port);
  const config = {
    catalog: `./${catalogFile(project)}`,
    ...(port !== 4000 && { port }),
    allowedOrigins: pages.flatMap((page) => [`http://localhost:${page}`, `http://127.0.0.1:${page}`]),
    environment: "development",
    journal: "memory",
  };
  return create(project, "rumkit.config.json", `${JSON.stringify(config, undefined, 2)}\n`);
}
