/** Reads one rendering at its own pace. */
export interface ChunkReader {
  /** The next chunk, undefined at the end. Rejects where the source does. Not to be called twice at a time. */
  next(): Promise<Uint8Array | undefined>;
  /** Called once nothing more is read, at the end too. */
  leave(): void;
}

/** One rendering for several readers. */
export interface SharedChunks {
  /** A reader from the first chunk on; undefined where that is no longer kept. */
  join(onBehind: () => void): ChunkReader | undefined;
  /** From now on nobody can join: what was read of the beginning need not be kept. */
  closeToOthers(): void;
}

/** A chunk, and the one after it as soon as a reader asked for it. No chunk is the end. */
interface Link {
  readonly chunk: Uint8Array | undefined;
  /** Bytes up to here. */
  readonly position: number;
  next: Promise<Link> | undefined;
}

interface Reader {
  position: number;
  readonly onBehind: () => void;
}

/**
 * Bytes that a reader may be behind the fastest: they are kept for it. Several times what a collector of the
 * default bounds exposes; who is further behind is told to leave.
 */
const MAX_BEHIND = 16_777_216;

/**
 * Shares what a source yields. The fastest reader asks the source, the others find what it got; a chunk is
 * kept by the readers that still have to come by, and by nothing else. A reader that leaves costs nothing,
 * and the source ends with the last of them.
 */
export function createSharedChunks(source: AsyncIterator<Uint8Array, void>): SharedChunks {
  let first: Link | undefined = { chunk: new Uint8Array(), position: 0, next: undefined };
  const readers = new Set<Reader>();

  const pull = async (after: Link): Promise<Link> => {
    const step = await source.next();
    const chunk = step.done ? undefined : step.value;
    const position = after.position + (chunk?.length ?? 0);
    for (const reader of readers) if (position - reader.position > MAX_BEHIND) reader.onBehind();
    return { chunk, position, next: undefined };
  };

  const join: SharedChunks["join"] = (onBehind) => {
    if (!first) return undefined;
    let link: Link | undefined = first;
    const reader = { position: 0, onBehind };
    readers.add(reader);
    return {
      next: async () => {
        if (!link) return undefined;
        link.next ??= pull(link);
        link = await link.next;
        reader.position = link.position;
        return link.chunk;
      },
      leave: () => {
        link = undefined;
        readers.delete(reader);
        if (readers.size > 0) return;
        first = undefined;
        void source.return?.();
      },
    };
  };

  return {
    join,
    closeToOthers: () => {
      first = undefined;
    },
  };
}
