import { Check } from './check.js';
import { checkClients } from './client.check.js';
import { checkClientRefresh, checkLifetimes } from './lifetime.check.js';
import { checkOidcScopes, checkUniqueness } from './uniqueness.check.js';
import { checkUsers } from './user.check.js';

/** Every rule that needs more than one place of a file. */
export const CHECKS: readonly Check[] = [
  checkUniqueness,
  checkOidcScopes,
  checkLifetimes,
  checkClients,
  checkClientRefresh,
  checkUsers,
];
