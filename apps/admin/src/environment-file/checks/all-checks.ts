import { Check } from './check.js';
import { clientsAgree } from './client.check.js';
import { lifetimesAgree, ownScopes } from './environment.check.js';
import { uniqueNames } from './uniqueness.check.js';
import { passwordsAgree } from './user.check.js';

/** Every rule that looks at more than one value. */
export const CHECKS: readonly Check[] = [uniqueNames, lifetimesAgree, ownScopes, clientsAgree, passwordsAgree];
