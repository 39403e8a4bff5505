/**
 * The thread in which maps are read: it cannot hold up a request, and it can be ended at any moment.
 *
 * It reads files whose paths it receives. It opens no address, even if a map or a stack names one.
 */
import { parentPort, workerData } from "node:worker_threads";
import { originalPlace } from "./originalPlace.ts";
import { createParsedMaps } from "./parsedMaps.ts";
import type { ResolveJob, ResolveReply } from "./resolveJob.ts";

const { keepSources } = workerData as { readonly keepSources: boolean };
const maps = createParsedMaps(keepSources);

parentPort?.on("message", (job: ResolveJob) => {
  const loaded = job.places.map((place) => place && { place, map: maps.get(place.path, place.version) });
  reply({ id: job.id, loaded: true });
  const failed = loaded.filter((entry) => entry && !entry.map).length;
  const places = loaded.map((entry) => entry?.map && originalPlace(entry.map, entry.place, job.context));
  reply({ id: job.id, places, failed });
});

function reply(message: ResolveReply): void {
  parentPort?.postMessage(message, []);
}
