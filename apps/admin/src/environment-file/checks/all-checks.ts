import { checkAccounts } from './account.check.js';
import { Check } from './check.js';
import { checkClients } from './client.check.js';
import { checkClientRefresh, checkLifetimes } from './lifetime.check.js';
import { checkResources } from './resource.check.js';
import { checkServiceAccounts } from './service-account.check.js';
import { checkOidcScopes, checkResourceWords, checkUniqueness } from './uniqueness.check.js';
import { checkUsers } from './user.check.js';

/** Every rule that needs more than one place of a file. */
export const CHECKS: readonly Check[] = [
  checkUniqueness,
  checkResourceWords,
  checkOidcScopes,
  checkLifetimes,
  checkAccounts,
  checkResources,
  checkClients,
  checkClientRefresh,
  checkUsers,
  checkServiceAccounts,
];
