/** A small Hono app, with or without something that counts its requests: `bench/http/overSockets.ts`. */
import { serve } from "@hono/node-server";
import { createCountedApp, VARIANTS } from "../http/countedApps.ts";
import { announce } from "./announce.ts";

const variant = VARIANTS.find((name) => name === process.argv[2]) ?? "bare";
const { fetch } = createCountedApp(variant);
const server = serve({ fetch, port: 0, hostname: "127.0.0.1" }, () => announce(server));
