/** The collector with the example shop's catalog, which pushes once per second to `PUSH_URL`, if there is one, by `PUSH_VERSION`. */
import {
  createCollector,
  createMemoryJournal,
  type RemoteWriteOptions,
  serveCollector,
} from "@rumkit/server";
import { catalog } from "../../examples/shop/catalog.ts";
import { announce } from "./announce.ts";

const { PUSH_URL, PUSH_VERSION } = process.env;
const remoteWrite = PUSH_URL && {
  url: PUSH_URL,
  version: PUSH_VERSION as NonNullable<RemoteWriteOptions["version"]>,
  intervalMs: 1_000,
  allowPrivateAddresses: ["127.0.0.1"],
};
const collector = createCollector({
  catalog,
  journal: createMemoryJournal(),
  environment: "production",
  rateLimits: { perApp: { perSecond: 1_000_000 } },
  ...(remoteWrite && { remoteWrite }),
});
const server = serveCollector({ collector });
server.once("listening", () => announce(server));
