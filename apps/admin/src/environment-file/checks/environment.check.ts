import { DEFAULT_LIFETIMES, isOidcScope } from '@grantway/domain';
import { quoted } from '../file-problem.js';
import { Check, entries } from './check.js';

/** Lifetimes that bound each other. */
export const lifetimesAgree: Check = ({ lifetimes }, reading) => {
  for (const [idle, absolute] of [['refreshIdle', 'refreshAbsolute'], ['sessionIdle', 'sessionAbsolute']] as const) {
    const [shorter, longer] = [lifetimes?.[idle] ?? DEFAULT_LIFETIMES[idle], lifetimes?.[absolute] ?? DEFAULT_LIFETIMES[absolute]];
    if (shorter <= longer) continue;
    const place = lifetimes?.[idle] === undefined ? absolute : idle;
    reading.fail(['lifetimes', place], `${idle} (${shorter}) is longer than ${absolute} (${longer})`);
  }
};

/** OpenID Connect's own scopes belong to no resource. */
export const ownScopes: Check = (file, reading) => {
  for (const [index, resource] of entries(file.resources)) {
    for (const [at, { name }] of entries(resource.scopes)) {
      if (name !== undefined && isOidcScope(name)) {
        reading.fail(['resources', index, 'scopes', at, 'name'], `${quoted(name)} is a scope of OpenID Connect and needs no resource`);
      }
    }
  }
};
