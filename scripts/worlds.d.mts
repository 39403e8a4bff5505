/** A flag of a world, as `demo.flags` of its package.json declares it. */
export interface Flag {
  /** A line for `--help`. */
  readonly help: string;
  /** `switch` stands alone, `number` takes a whole number, `words` one of `values`. */
  readonly type: "switch" | "number" | "words";
  readonly values?: readonly string[];
  /** Flags that it cannot stand beside. */
  readonly not?: readonly string[];
}

export interface World {
  /** Its folder's name in `examples/`. */
  readonly name: string;
  readonly folder: string;
  readonly description: string;
  readonly flags: Readonly<Record<string, Flag>>;
  /** Its page is built by Vite. */
  readonly hasPage: boolean;
}

/** All worlds: the shop first, then in the order of their names. */
export function readWorlds(root: string): World[];
/** Checks what was written after a world's name, and returns it. Throws a sentence for the person who wrote it. */
export function checkFlags(world: World, args: readonly string[]): string[];
/** The text of `--help`: the world and its flags, then all worlds. */
export function usage(world: World, worlds: readonly World[]): string;
/** All worlds, a line each. */
export function list(worlds: readonly World[]): string;
