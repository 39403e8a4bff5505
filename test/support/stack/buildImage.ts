import { execFileSync } from "node:child_process";
import { cpSync, mkdirSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { contextFiles, filesOf } from "./context.ts";
import { type Instruction, lastOf, lineOf, readStages, ROOT } from "./dockerfile.ts";

/** The content of an image, and what it says about its process. */
export interface Image {
  /** The folder that is `/app` in the image. */
  readonly app: string;
  readonly env: Readonly<Record<string, string>>;
  readonly command: readonly string[];
  readonly healthcheck: readonly string[];
}

const STAGES = readStages();

/**
 * Makes the file set of a target of deploy/Dockerfile without a container engine: runs the COPY and RUN of its stages one after
 * the other, in folders below `folder`. The stage `build` is the repository itself, in which its command has run before any test
 * that reads what is built. RUN of the stage `runtime` needs the paths and users of an image and is left out.
 */
export function buildImage(target: string, folder: string): Image {
  const files = contextFiles();
  const made = new Map<string, string>([["build", ROOT]]);

  function make(name: string): string {
    const before = made.get(name);
    if (before !== undefined) return before;
    const app = join(folder, name);
    made.set(name, app);
    mkdirSync(app, { recursive: true });
    for (const stage of lineOf(STAGES, name))
      for (const instruction of stage.instructions) {
        if (instruction.name === "COPY") copy(instruction, app);
        if (instruction.name === "RUN" && stage.name !== "runtime") run(instruction.text, app);
      }
    return app;
  }

  function copy({ words, from, text }: Instruction, app: string): void {
    const place = words.at(-1)!;
    for (const source of words.slice(0, -1)) {
      if (from !== undefined) copyTree(join(make(from), source.replace(/^\/app\b/, "")), join(app, place));
      else {
        const found = filesOf(source, files);
        if (found.length === 0) throw new Error(`COPY ${text}: the context has no ${source}.`);
        for (const file of found) {
          // A folder keeps its tree, a file and those of a pattern keep their names.
          const kept = file.startsWith(`${source}/`) ? file.slice(source.length + 1) : basename(file);
          cpSync(join(ROOT, file), join(app, place, kept));
        }
      }
    }
  }

  const app = make(target);
  const envs = lineOf(STAGES, target).flatMap((stage) =>
    stage.instructions.filter(({ name }) => name === "ENV"),
  );
  return {
    app,
    env: Object.fromEntries(
      envs.flatMap(({ words }) => words.map((word) => word.split("=") as [string, string])),
    ),
    command: lastOf(STAGES, target, "CMD")!.exec!,
    healthcheck: lastOf(STAGES, target, "HEALTHCHECK")!.exec!,
  };
}

/** As COPY of a folder: its content, links as links. */
function copyTree(source: string, place: string): void {
  mkdirSync(dirname(join(place, ".")), { recursive: true });
  mkdirSync(place, { recursive: true });
  execFileSync("cp", ["-a", "--reflink=auto", "--no-target-directory", source, place]);
}

function run(command: string, cwd: string): void {
  // Scripts that start from here would find the programs of the repository instead of the image's.
  execFileSync("sh", ["-c", command], { cwd, stdio: "pipe", encoding: "utf8" });
}
