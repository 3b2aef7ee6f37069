/** The version of everything in this folder. Another one may be served beside it; none is guessed at. */
export const CONTRACT: number = 1;

/** It begins and ends with a letter or digit: an option of a command, or an empty word in a name, is none. */
export const SLUG = /^[a-z0-9](?:[a-z0-9-]{0,38}[a-z0-9])?$/;

/** What a grant service and the token service say to each other. A grant service needs no subject but those of its slug. */
export const GrantSubject = {
  /** Published by each process that serves the grant, every {@link ANNOUNCE_EVERY_MS}. */
  announce: (slug: string) => `grants.v1.announce.${slug}`,
  announced: 'grants.v1.announce.*',
  /** Asked by the token service; served in a queue group, so replicas share the work. */
  decide: (slug: string, contract = CONTRACT) => `grants.v${contract}.decide.${slug}`,
  /** Published by the token service when it will not take an announcement, so that both sides log why. */
  refused: (slug: string) => `grants.v1.refused.${slug}`,
  /** Published by a token service that starts: who is there announces at once. */
  who: 'grants.v1.who',
} as const;

/** A few may be lost before a lease ends. */
export const ANNOUNCE_EVERY_MS = 1_000;

/** The slug in a subject; the bus lets a service use its own alone, so this is believed and the payload is not. */
export function slugOf(subject: string): string | undefined {
  const slug = subject.split('.').at(-1);
  return slug !== undefined && SLUG.test(slug) ? slug : undefined;
}
