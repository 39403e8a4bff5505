/** Reads one rendering at its own pace. */
export interface ChunkReader {
  /**
   * Returns the next chunk, undefined at the end. Rejects if the source does. Must not be called twice at the same
   * time.
   */
  next(): Promise<Uint8Array | undefined>;
  /** Called once when nothing more will be read, also at the end. */
  leave(): void;
}

/** One rendering for several readers. */
export interface SharedChunks {
  /** Returns a reader from the first chunk on; undefined if that chunk is no longer kept. */
  join(onBehind: () => void): ChunkReader | undefined;
  /** Lets no more readers join, so that chunks which all readers have read are released. */
  closeToOthers(): void;
}

/** A chunk, and the one after it as soon as a reader has requested it. A missing chunk is the end. */
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
 * Maximum bytes that are kept for a reader that is behind the fastest one: several times the exposition of a collector
 * with default limits. A reader that is further behind is cut off.
 */
const MAX_BEHIND = 16_777_216;

/**
 * Shares the chunks of a source. The fastest reader requests them from the source, the others find them; a chunk is
 * kept only by the readers that have not reached it yet. The source ends when its last reader leaves.
 */
export function createSharedChunks(source: AsyncIterator<Uint8Array, void>): SharedChunks {
  let first: Link | undefined = { chunk: new Uint8Array(), position: 0, next: undefined };
  const readers = new Set<Reader>();

  const join: SharedChunks["join"] = (onBehind) => {
    if (!first) return undefined;
    let link: Link | undefined = first;
    const reader = { position: 0, onBehind };
    readers.add(reader);
    return {
      next: async () => {
        if (!link) return undefined;
        link.next ??= pull(source, link, readers);
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

/** Requests the next chunk of the source, and asks readers to leave that are too far behind it. */
async function pull(
  source: AsyncIterator<Uint8Array, void>,
  after: Link,
  readers: ReadonlySet<Reader>,
): Promise<Link> {
  const step = await source.next();
  const chunk = step.done ? undefined : step.value;
  const position = after.position + (chunk?.length ?? 0);
  for (const reader of readers) if (position - reader.position > MAX_BEHIND) reader.onBehind();
  return { chunk, position, next: undefined };
}
