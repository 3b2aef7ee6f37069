import { Check, entries } from './check.js';

/** One way to give a password. */
export const passwordsAgree: Check = (file, reading) => {
  for (const [index] of entries(file.users)) {
    const path = ['users', index];
    if (reading.source.has([...path, 'password']) && reading.source.has([...path, 'passwordHash'])) {
      reading.fail([...path, 'passwordHash'], 'stands beside password: give one of them', 'key');
    }
  }
};
