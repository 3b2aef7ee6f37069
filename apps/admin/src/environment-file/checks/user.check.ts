import { Check, entries } from './check.js';

export const checkUsers: Check = ({ users }, reading) => {
  for (const [index] of entries(users)) {
    const has = (key: string) => reading.has(['users', index, key]);
    if (has('password') && has('passwordHash')) {
      reading.fail(['users', index, 'passwordHash'], 'is one too many beside password');
    }
  }
};
