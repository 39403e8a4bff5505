import { createCollector, openSqliteJournal, sharedCollector } from "@rumkit/server";
import { catalog } from "./catalog";

/** One for all route bundles. The first request creates it, so `next build` opens no journal. */
export const getCollector = sharedCollector(catalog, async () =>
  createCollector({
    catalog,
    journal: await openSqliteJournal({ path: process.env.RUMKIT_JOURNAL ?? "./rumkit.journal" }),
    sourceMaps: { directory: process.env.RUMKIT_MAPS ?? "./maps" },
  }),
);

/** Answers all of the collector's routes. */
export async function handle(request: Request): Promise<Response> {
  const { fetch } = await getCollector();
  return fetch(request);
}
