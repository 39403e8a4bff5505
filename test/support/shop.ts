import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Started, startProgram } from "./started.ts";

const SHOP = join(import.meta.dirname, "../../examples/shop");

/** The example shop as a user starts it: the built pages, the built packages, one process. */
export interface RunningShop extends Started {
  /** `http://127.0.0.1:<port>`, without a slash at the end. */
  readonly origin: string;
}

/** Starts the shop on a free port unless one is given, without simulated visitors unless asked for. */
export async function startShop(
  flags: readonly string[] = ["--no-visitors"],
  port = 0,
): Promise<RunningShop> {
  const shop = await startProgram(process.execPath, ["server.ts", ...flags], {
    cwd: SHOP,
    env: { PORT: String(port), NODE_ENV: "development" },
    ready: /^Visitors /m,
  });
  const origin = /^Shop\s+(http:\S+)\/$/m.exec(shop.output())?.[1];
  if (origin === undefined) throw new Error(`The shop did not say where it is:\n${shop.output()}`);
  return { ...shop, origin };
}

/** Starts the shop with a journal in a new folder, which is removed when the shop has stopped. */
export async function startShopWithJournal(flags?: readonly string[]): Promise<RunningShop> {
  const folder = await mkdtemp(join(tmpdir(), "rumkit-shop-"));
  const shop = await startShop([...(flags ?? ["--no-visitors"]), "--journal", join(folder, "shop.journal")]);
  return {
    ...shop,
    stop: async () => {
      await shop.stop();
      await rm(folder, { recursive: true });
    },
  };
}
