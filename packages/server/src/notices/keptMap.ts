import type { DocumentShape } from "../journal/documentShape.ts";
import type { DocumentChange } from "../journal/keptDocuments.ts";
import type { KeptState } from "../journal/keptState.ts";

/** A map whose values are documents of a section. The owner writes its changes together with others. */
export interface KeptMap<T> extends ReadonlyMap<string, T> {
  set(key: string, value: T): void;
  delete(key: string): boolean;
  /** Marks a value that was changed in place. */
  touch(key: string): void;
  /** The documents that changed since the last call. */
  changes(): DocumentChange[];
}

/** The form of values in documents, if they are not plain data. */
interface KeptForm<T, Kept> {
  readonly read: (kept: Kept) => T | undefined;
  readonly keep: (value: T) => Kept;
}

/**
 * @param shape Documents that have another one are left out.
 * @param form Values for which `read` returns undefined are left out. Default: values are plain data.
 */
export function createKeptMap<T, Kept = T>(
  state: KeptState,
  section: string,
  shape: DocumentShape,
  form?: KeptForm<T, Kept>,
): KeptMap<T> {
  return new DocumentMap(state, section, shape, form);
}

class DocumentMap<T, Kept> extends Map<string, T> {
  readonly #changed = new Set<string>();
  readonly #section: string;
  readonly #form: KeptForm<T, Kept> | undefined;

  constructor(state: KeptState, section: string, shape: DocumentShape, form: KeptForm<T, Kept> | undefined) {
    super();
    this.#section = section;
    this.#form = form;
    for (const [key, kept] of state.read<Kept>(section, shape)) {
      const value = form ? form.read(kept) : (kept as unknown as T);
      if (value !== undefined) super.set(key, value);
    }
  }

  override set(key: string, value: T): this {
    this.#changed?.add(key);
    return super.set(key, value);
  }

  override delete(key: string): boolean {
    const isGone = super.delete(key);
    if (isGone) this.#changed.add(key);
    return isGone;
  }

  touch(key: string): void {
    this.#changed.add(key);
  }

  changes(): DocumentChange[] {
    const keys = [...this.#changed];
    this.#changed.clear();
    return keys.map((key) => ({ section: this.#section, key, text: this.#textOf(key) }));
  }

  #textOf(key: string): string | undefined {
    const value = this.get(key);
    return value === undefined ? undefined : JSON.stringify(this.#form ? this.#form.keep(value) : value);
  }
}
