import { nearestName } from "./nearestName.ts";

/** The place of a value: `["actions", "add_to_cart", "help"]`; a number stands for an element of a list. */
export type Path = readonly (string | number)[];

/** One problem, and how to fix it. */
export interface Fault {
  readonly path: Path;
  /** The whole message, including the path. */
  readonly text: string;
  /** The nearest place that exists: the parent of a missing key. */
  readonly at: Path;
}

/** Maximum faults in one report: they fill a screen, and a hostile object cannot fill a log. */
const MOST_FAULTS = 20;

/** Collects the faults of one value. */
export class Faults {
  readonly found: Fault[] = [];
  #leftOut = 0;
  readonly #root: string;

  /** `root` is the name of the value itself: "the catalog". */
  constructor(root: string) {
    this.#root = root;
  }

  /** `rest` follows the path: "is required: …". */
  add(path: Path, rest: string, at = path): void {
    const where = path.length === 0 ? this.#root : describePath(path);
    if (this.found.length >= MOST_FAULTS) this.#leftOut += 1;
    else this.found.push({ path, text: `${where} ${rest}`, at });
  }

  get isFull(): boolean {
    return this.found.length >= MOST_FAULTS;
  }

  /** True if some faults were left out. */
  get isCut(): boolean {
    return this.#leftOut > 0;
  }
}

/** Adds the faults of the value at a path. */
export type Check = (value: unknown, path: Path, faults: Faults) => void;

/** A checked value with the type that its shape promises. */
type Checked = Readonly<Record<string, unknown>>;

/** One key of an object. */
export interface Key {
  readonly check: Check;
  /** Follows "is required: ". Undefined for an optional key. */
  readonly required?: string;
}

/** Keys of an object. A check alone means an optional key. */
type Keys = Readonly<Record<string, Key | Check>>;

export function required(check: Check, what: string): Key {
  return { check, required: what };
}

interface ObjectOptions {
  /** Ends "must be an object, e.g. ". */
  readonly example: string;
  /** Returns an explanation for an unknown key, used instead of the nearest known key; undefined if it has none. */
  readonly explain?: (key: string, value: unknown) => string | undefined;
  /** Checks the combination of several keys. Called if each key alone is valid. */
  readonly together?: (value: Checked, path: Path, faults: Faults) => void;
}

/** An object of known keys. An unknown key is a fault, so that no misspelled key is silently ignored. */
export function object(keys: Keys, { example, explain, together }: ObjectOptions): Check {
  const entries = Object.entries(keys);
  const known = Object.keys(keys);
  return (value, path, faults) => {
    if (!hasKeys(value)) return faults.add(path, mustBe(`an object, e.g. ${example}`, value));
    const before = faults.found.length;
    for (const key of Object.keys(value)) {
      if (faults.isFull) return;
      if (Object.hasOwn(keys, key)) continue;
      const meant = nearestName(key, known);
      const hint =
        explain?.(key, value[key]) ??
        (meant === undefined ? `Known: ${known.join(", ")}.` : `Did you mean "${meant}"?`);
      faults.add([...path, key], `is unknown here. ${hint}`);
    }
    for (const [key, rule] of entries) {
      const { check, required: what } = typeof rule === "function" ? { check: rule } : rule;
      if (value[key] !== undefined) check(value[key], [...path, key], faults);
      else if (what !== undefined) faults.add([...path, key], `is required: ${what}.`, path);
    }
    if (faults.found.length === before) together?.(value, path, faults);
  };
}

/** An object whose keys are names chosen by the developer. */
export function record(checkName: Check, checkValue: Check, example: string): Check {
  return (value, path, faults) => {
    if (!hasKeys(value)) return faults.add(path, mustBe(`an object of names, e.g. ${example}`, value));
    for (const key of Object.keys(value)) {
      if (faults.isFull) return;
      checkName(key, [...path, key], faults);
      checkValue(value[key], [...path, key], faults);
    }
  };
}

interface ListOptions {
  /** Ends "must be a list, e.g. ". */
  readonly example: string;
  /** Minimum number of elements. Default 0. */
  readonly least?: number;
}

/** An array without duplicates. */
export function list(check: Check, { example, least = 0 }: ListOptions): Check {
  return (value, path, faults) => {
    if (!Array.isArray(value)) return faults.add(path, mustBe(`a list, e.g. ${example}`, value));
    if (value.length < least) faults.add(path, `is empty. Write e.g. ${example}.`);
    const seen = new Set<unknown>();
    for (let index = 0; index < value.length && !faults.isFull; index += 1) {
      const element: unknown = value[index];
      if (seen.has(element)) faults.add(path, `has ${describeValue(element)} twice.`);
      else check(element, [...path, index], faults);
      seen.add(element);
    }
  };
}

/** One of several texts. `others` maps common synonyms to the right text. */
export function oneOf(values: readonly string[], others: Readonly<Record<string, string>> = {}): Check {
  return (value, path, faults) => {
    if (typeof value === "string" && values.includes(value)) return;
    const given = typeof value === "string" ? value : "";
    const word = Object.hasOwn(others, given) ? given : given.toLowerCase();
    const meant = Object.hasOwn(others, word) ? others[word] : nearestName(given, values);
    const hint = meant === undefined ? "" : ` Did you mean "${meant}"?`;
    const quoted = values.map((known) => JSON.stringify(known));
    const choice =
      quoted.length > 1 ? `${quoted.slice(0, -1).join(", ")} or ${quoted.at(-1)}` : quoted.join();
    faults.add(path, mustBe(choice, value) + hint);
  };
}

/** A text that is not empty. */
export function text(example: string): Check {
  return (value, path, faults) => {
    if (typeof value !== "string" || value === "") faults.add(path, mustBe(`a text, e.g. ${example}`, value));
  };
}

/** A finite number that `isGood` accepts. */
export function number(what: string, isGood: (value: number) => boolean = () => true): Check {
  return (value, path, faults) => {
    if (typeof value === "number" && Number.isFinite(value) && isGood(value)) return;
    faults.add(path, mustBe(what, value));
  };
}

export const boolean: Check = (value, path, faults) => {
  if (typeof value !== "boolean") faults.add(path, mustBe("true or false", value));
};

/** "must be …, not …." */
export function mustBe(what: string, value: unknown): string {
  return `must be ${what}, not ${describeValue(value)}.${isPromise(value) ? " Await it." : ""}`;
}

export function isObject(value: unknown): value is Checked {
  return typeof value === "object" && value !== null && !Array.isArray(value) && !isPromise(value);
}

/** The keys of these are not its content: a `Map` of actions would declare none. */
function kindOf(value: object): string | undefined {
  const kind = Object.prototype.toString.call(value).slice("[object ".length, -1);
  return /^(?:Map|Set|WeakMap|WeakSet|Date|RegExp|URL|URLSearchParams|Boolean|Number|String)$/.test(kind)
    ? kind
    : undefined;
}

/** True for an object whose keys are its content. */
function hasKeys(value: unknown): value is Checked {
  return isObject(value) && kindOf(value) === undefined;
}

export function isPromise(value: unknown): boolean {
  return typeof (value as { readonly then?: unknown } | null | undefined)?.then === "function";
}

/** A short description of a value for a developer. A value that may be large is described by its kind only. */
export function describeValue(value: unknown): string {
  if (typeof value === "string") return JSON.stringify(shorten(value));
  if (Array.isArray(value)) return "an array";
  if (isPromise(value)) return "a Promise";
  if (typeof value === "object" && value !== null) return describeKind(kindOf(value));
  if (typeof value === "function") return "a function";
  if (typeof value === "symbol") return "a symbol";
  return String(value);
}

function describeKind(kind = "object"): string {
  return `${/^[aeiou]/i.test(kind) && !kind.startsWith("U") ? "an" : "a"} ${kind}`;
}

/** `actions.add_to_cart.help`, `routes[1]`, `actions["add-to-cart"]`. */
export function describePath(path: Path): string {
  return path
    .map((part, index) => {
      if (typeof part === "number") return `[${part}]`;
      if (/^[\w$.-]+$/.test(part) && part.length <= MOST_LETTERS) return index === 0 ? part : `.${part}`;
      return `[${JSON.stringify(shorten(part))}]`;
    })
    .join("");
}

/** Maximum letters of a text that a fault quotes. */
const MOST_LETTERS = 64;

function shorten(value: string): string {
  return value.length > MOST_LETTERS ? `${value.slice(0, MOST_LETTERS)}…` : value;
}

/** An attribute as text: empty if it has another type, because attributes may hold any value of JSON. */
export function textOf(value: unknown): string {
  return typeof value === "string" ? value : "";
}
