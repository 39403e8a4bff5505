import type { NoticeGroup } from "./noticeGroup.ts";

/** The groups of each episode of an alert. */
export interface Places {
  add(episode: string, group: NoticeGroup): void;
  remove(episode: string, group: NoticeGroup): void;
  has(episode: string): boolean;
  of(episode: string): Iterable<NoticeGroup>;
  /** All episodes. */
  all(): readonly string[];
}

export function createPlaces(groups: Iterable<NoticeGroup>): Places {
  const places = new Map<string, Set<NoticeGroup>>();
  const add = (episode: string, group: NoticeGroup): void => {
    const of = places.get(episode);
    if (of) of.add(group);
    else places.set(episode, new Set([group]));
  };
  for (const group of groups) for (const episode of group.members.keys()) add(episode, group);
  return {
    add,
    remove: (episode, group) => {
      const of = places.get(episode);
      of?.delete(group);
      if (of?.size === 0) places.delete(episode);
    },
    has: (episode) => places.has(episode),
    of: (episode) => places.get(episode) ?? [],
    all: () => [...places.keys()],
  };
}
