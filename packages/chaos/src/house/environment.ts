import { aTill, type ClientKey, type EnvironmentFile, ordinary, withEveryGrant } from '@grantway/conformance';

export const ENVIRONMENT = 'chaos';

/** Somebody who signs on. */
export interface Someone {
  readonly username: string;
  readonly password: string;
}

const people = (name: string, count: number): Someone[] =>
  Array.from({ length: count }, (_, n) => ({ username: `${name}-${n}`, password: 'correct horse battery' }));

/** They sign on to shops and enter the codes of their televisions. */
export const SHOPPERS = people('shopper', 6);
/** They are asked by tills: each may have three open requests, and what a fault cut short stays open. */
export const APPROVERS = people('approver', 24);

/** Client ids that recipes use beside those of every flow. */
export const STRICT = 'strict';
export const SIGNER = 'signer';

/** Every grant, and lifetimes longer than any outage here: whatever is refused afterwards was lost or spent, and is not just old. */
export function environmentFile(signer: ClientKey): EnvironmentFile {
  const file = ordinary(ENVIRONMENT);
  withEveryGrant(file);
  file.lifetimes = {
    code: 600,
    par: 600,
    refreshGrace: 600,
    deviceInterval: 1,
    backchannel: 600,
    backchannelInterval: 1,
  };
  file.users.push(...SHOPPERS, ...APPROVERS);
  const web = clientOf(file, 'web');
  file.clients.push(
    // Whoever presents its refresh token twice is a thief.
    { ...web, id: STRICT, trusted: true, refresh: { grace: 0 } },
    {
      ...{ id: SIGNER, auth: 'private_key_jwt', jwks: { keys: [signer.publicJwk] } },
      ...{ grantTypes: ['client_credentials'], scopes: ['orders:read'], defaultScopes: ['orders:read'] },
    },
  );
  return file;
}

/** A till that is told by ping at this address. */
export function withPing(file: EnvironmentFile, id: string, notificationEndpoint: string): void {
  file.clients.push(aTill(file, { id, backchannel: { delivery: 'ping', notificationEndpoint } }));
}

/** @throws Error when there is none */
export function clientOf(file: EnvironmentFile, id: string): EnvironmentFile['clients'][0] {
  const client = file.clients.find((each) => each.id === id);
  if (!client) throw new Error(`no client ${id}`);
  return client;
}
