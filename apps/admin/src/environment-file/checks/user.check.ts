import { Check, entries } from './check.js';

export const checkUsers: Check = ({ users }, reading) => {
  for (const [index, { mustChangePassword }] of entries(users)) {
    const has = (key: string) => reading.has(['users', index, key]);
    if (has('password') && has('passwordHash')) {
      reading.fail(['users', index, 'passwordHash'], 'is one too many beside password');
    }
    if (mustChangePassword === true && !has('password') && !has('passwordHash')) {
      reading.fail(['users', index, 'mustChangePassword'], 'needs password or passwordHash, the one to be changed');
    }
  }
};
