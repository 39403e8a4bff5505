import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { DEFAULT_SETTINGS } from "../base/generateSettings.ts";
import { type GivenSettings, readSettings } from "./readSettings.ts";

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "rumkit-settings-"));
});
afterAll(() => rm(folder, { recursive: true }));

const inFile = async (name: string, text: string): Promise<string> => {
  const path = join(folder, name);
  await writeFile(path, text);
  return path;
};

describe("the settings of rumkit generate", () => {
  it("have defaults", async () => {
    expect(await readSettings(undefined)).toEqual(DEFAULT_SETTINGS);
  });

  it("are read from a module or from JSON, and the command line goes first", async () => {
    const settings = { folder: "Shops", tags: ["web"], labels: { job: "service" } };
    const module = await inFile("settings.ts", `export default ${JSON.stringify(settings)} as const;`);
    const json = await inFile("settings.json", JSON.stringify(settings));
    for (const path of [module, json]) {
      const flags = { folder: undefined, tags: ["shop"], labels: { cluster: "region" } };
      expect(await readSettings(path, flags)).toEqual({
        ...DEFAULT_SETTINGS,
        folder: "Shops",
        tags: ["shop"],
        labels: { ...DEFAULT_SETTINGS.labels, job: "service", cluster: "region" },
      });
    }
  });

  it.each<[GivenSettings | Record<string, unknown>, string]>([
    [{ titlePrefix: "a\nb" }, "--title-prefix must be at most 60 printable characters"],
    [{ uidPrefix: "my boards/" }, "--uid-prefix must be at most 20 letters, digits, - and _"],
    [{ folder: "" }, "--folder must be the title of a folder"],
    [{ tags: ["a", ""] }, "--tag must be a list of words"],
    [{ timezone: "Berlin" }, "--timezone must be browser, utc, or a name such as Europe/Berlin"],
    [{ timezone: "Europe/Atlantis" }, "--timezone must be browser, utc"],
    [{ runbookUrl: "docs/runbooks" }, "--runbooks must be an address that starts with http:// or https://"],
    [{ grafanaUrl: "https://admin:pw@grafana.example" }, "--grafana must be an address"],
    [{ labels: { job: "a-b" } }, '--label must be names of labels of Prometheus: job is "a-b"'],
    [{ labels: { job: "__name__" } }, "--label must be names of labels of Prometheus"],
    [
      { labels: { pod: "pod" } },
      '--label must be names of labels by job, instance, app, environment, cluster, not "pod"',
    ],
    [
      { labels: { cluster: "job" } },
      '--label must be different names of labels: cluster is "job" like another',
    ],
    [{ leaveOut: ["database", "queue"] }, "--leave-out must be a list of database, queues, streams, caches"],
    [{ leaveOut: "database" }, "--leave-out must be a list of"],
    [{ postgresJob: "" }, "--postgres-job must be the name of a scrape job"],
    [{ labels: ["job"] }, "--label must be names of labels by"],
    [{ uidPrefx: "a" }, "uidPrefx is not a setting. Did you mean uidPrefix?"],
  ])("%o is refused", async (flags, sentence) => {
    await expect(readSettings(undefined, flags as GivenSettings)).rejects.toThrow(`[rumkit] ${sentence}`);
  });

  it("name the file and every fault in it", async () => {
    const path = await inFile("wrong.json", JSON.stringify({ folders: "x", timezone: 3 }));
    await expect(readSettings(path)).rejects.toThrow(
      `[rumkit] ${path}: folders is not a setting. Did you mean folder?\n[rumkit] ${path}: timezone must be browser, utc, or a name such as Europe/Berlin. Got 3.`,
    );
  });

  it.each([
    ["missing.json", undefined, "there is no such file"],
    ["broken.json", "{", "cannot be read"],
    ["list.json", "[]", "has no settings"],
    ["empty.mjs", "export const a = 1;", "has no settings"],
  ])("of %s are refused", async (name, text, sentence) => {
    const path = text === undefined ? join(folder, name) : await inFile(name, text);
    await expect(readSettings(path)).rejects.toThrow(sentence);
  });
});
