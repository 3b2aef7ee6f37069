import { calledAddressFault, mayCallPrivateAddresses } from './address.js';
import { Check } from './check.js';

/** Whoever may ask for a code has to be reachable. */
export const checkAccounts: Check = (file, reading) => {
  const { accounts } = file;
  for (const key of ['recovery', 'registration'] as const) {
    if (accounts?.[key] === true && !reading.has(['accounts', 'messagesUrl']))
      reading.fail(['accounts', key], 'needs messagesUrl, to send people a code');
  }
  const fault = calledAddressFault(accounts?.messagesUrl, mayCallPrivateAddresses(file, reading));
  if (fault) reading.fail(['accounts', 'messagesUrl'], fault);
};
