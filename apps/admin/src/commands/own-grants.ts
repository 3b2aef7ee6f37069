/**
 * Slugs of Grantway's own grants, by who serves them: a service that has its identity, the token service alone, or the token
 * service and, where an operator wants it, a grant host. No team's grant has one of them.
 */
export const OWN_GRANTS: ReadonlyMap<string, 'device' | 'ciba' | 'token' | 'token or host'> = new Map([
  ['device-code', 'device'],
  ['ciba', 'ciba'],
  ['authorization-code', 'token'],
  ['refresh-token', 'token'],
  ['implicit', 'token'],
  ['jwt-bearer', 'token'],
  ['service-token', 'token'], // What the grant of jwt-bearer is called in GRANTS.
  ['client-credentials', 'token or host'],
  ['password', 'token or host'],
  ['token-exchange', 'token or host'],
]);
