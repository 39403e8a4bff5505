/** Runs one of the measurements: `npm run bench`, or with its name, `npm run bench -- size`. */
const MEASUREMENTS: Readonly<Record<string, string>> = {
  ingest: "./ingest.ts",
  http: "./http.ts",
  journal: "./journal.ts",
  profile: "./profile.ts",
  scrape: "./scrape.ts",
  size: "./size.ts",
  page: "./pageCost.ts",
  shop: "./shopVitals.ts",
  record: "./record.ts",
  hostile: "./hostile.ts",
};

const name = process.argv[2] ?? "ingest";
const file = MEASUREMENTS[name];
if (file === undefined) {
  console.error(
    `[bench] There is no measurement called "${name}". Use one of: ${Object.keys(MEASUREMENTS).join(", ")}.`,
  );
  process.exit(1);
}
await import(file);
