import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { onlyRules } from "../alerts/ruleText.ts";

const RULES = join(import.meta.dirname, "../../../deploy/generated/rules/shop.yaml");

/** A file of rules, in a folder that is removed with it. */
export interface RuleFile {
  readonly file: string;
  readonly remove: () => Promise<void>;
}

/** Writes the recording rules that `npm run generate` wrote, without its alerts: of a busy machine, some would fire. */
export async function writeRecordings(): Promise<RuleFile> {
  const folder = await mkdtemp(join(tmpdir(), "rumkit-recordings-"));
  const file = join(folder, "shop.yaml");
  const rules = await readFile(RULES, "utf8");
  await writeFile(
    file,
    onlyRules(rules, (_name, rule) => rule.startsWith("      - record: ")),
  );
  return { file, remove: () => rm(folder, { recursive: true }) };
}
