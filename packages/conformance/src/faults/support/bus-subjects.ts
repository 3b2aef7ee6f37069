/** What each of Grantway's own services serves, in a queue group named as the service is. */
export const SERVED: Readonly<Record<string, readonly string[]>> = {
  authorize: named('authorize', 'start resume push page submit flow act sign-off idp-sign-off'),
  token: named('token', 'issue userinfo introspect revoke push metadata jwks allow-origin'),
  device: named('device', 'start page'),
  ciba: named('ciba', 'start page submit list decide'),
};

/** Who serves which grant. */
export const SERVES_GRANTS: Readonly<Record<string, readonly string[]>> = {
  device: ['device-code'],
  ciba: ['ciba'],
  'grant-team-one': ['team-one'],
  'grant-team-two': ['team-two'],
  'host-hosted': ['token-exchange', 'password'],
};

export const SLUGS = Object.values(SERVES_GRANTS).flat();
export const OWN = Object.values(SERVED).flat();
export const USERS = ['gateway', ...new Set([...Object.keys(SERVED), ...Object.keys(SERVES_GRANTS)])];

export const announce = (slug: string) => `grants.v1.announce.${slug}`;
export const decide = (slug: string) => `grants.v1.decide.${slug}`;
export const refused = (slug: string) => `grants.v1.refused.${slug}`;
export const WHO = 'grants.v1.who';

/** Every subject that somebody has a use for. */
export const ALL = [...OWN, WHO, ...SLUGS.flatMap((slug) => [announce(slug), decide(slug), refused(slug)])];

/** What each may say of its own accord. */
export function mayPublish(user: string): string[] {
  const announced = (SERVES_GRANTS[user] ?? []).map(announce);
  // Tokens to push are asked for by the CIBA service; no request from outside comes to them.
  if (user === 'gateway') return OWN.filter((subject) => subject !== 'token.v1.push');
  if (user === 'token') return [WHO, ...SLUGS.map(decide), ...SLUGS.map(refused)];
  return user === 'ciba' ? ['token.v1.push', ...announced] : announced;
}

/** What each may listen to without a queue. */
export function mayHear(user: string): string[] {
  if (user === 'token') return SLUGS.map(announce);
  const slugs = SERVES_GRANTS[user] ?? [];
  return slugs.length > 0 ? [WHO, ...slugs.map(refused)] : [];
}

/** What each may listen to in a queue group, and which. */
export function mayServe(user: string): [subject: string, queue: string][] {
  const own = (SERVED[user] ?? []).map((subject): [string, string] => [subject, user]);
  return [...own, ...(SERVES_GRANTS[user] ?? []).map((slug): [string, string] => [decide(slug), `grant-${slug}`])];
}

function named(room: string, verbs: string): string[] {
  return verbs.split(' ').map((verb) => `${room}.v1.${verb}`);
}
