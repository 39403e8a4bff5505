import type { MetricDescriptor } from "./descriptor.ts";
import type { Series } from "./seriesStore.ts";

/** A family as scrapes and pushes read it. */
export interface ExposedFamily {
  readonly descriptor: MetricDescriptor;
  /** The current series. Series may be added or removed during the iteration. */
  readonly series: Iterable<Series>;
}

/** Returns families that show the series of others under a second name. They hold no values. */
export function createAliasFamilies(
  descriptors: readonly MetricDescriptor[],
  families: ReadonlyMap<string, ExposedFamily>,
): ExposedFamily[] {
  return descriptors.flatMap((descriptor) => {
    const family = descriptor.aliasOf && families.get(descriptor.aliasOf.metric);
    return family ? [createAliasFamily(descriptor, family)] : [];
  });
}

function createAliasFamily(
  descriptor: MetricDescriptor,
  { series: originals }: ExposedFamily,
): ExposedFamily {
  const wanted = Object.entries(descriptor.aliasOf?.labels ?? {});
  const made = new WeakMap<Series, Series>();
  const aliasOf = (series: Series): Series => {
    const found = made.get(series);
    if (found) return found;
    const alias = createAlias(series, descriptor);
    made.set(series, alias);
    return alias;
  };
  return {
    descriptor,
    series: {
      *[Symbol.iterator]() {
        for (const series of originals)
          if (wanted.every(([label, value]) => series.labels[label] === value)) yield aliasOf(series);
      },
    },
  };
}

/** Returns a series with the values of another, which it inherits, under another name: its text is kept separately. */
function createAlias(series: Series, descriptor: MetricDescriptor): Series {
  return Object.create(series, {
    descriptor: { value: descriptor },
    renderedText: { value: undefined, writable: true },
  }) as Series;
}
