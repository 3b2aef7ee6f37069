import { UserStatus } from '@grantway/domain';
import { map } from '../shape/collections.js';
import { oneOf } from '../shape/scalars.js';
import { claims } from './claims.js';
import { userId, username } from './names.js';
import { password, passwordHash } from './secrets.js';

export interface UserEntry {
  id?: string;
  username: string;
  password?: string;
  passwordHash?: string;
  status?: UserStatus;
  claims?: Record<string, unknown>;
}

export const user = map<UserEntry>('a user', {
  id: {
    shape: userId,
    meaning: 'The `sub` of tokens about them.',
    otherwise: 'a UUID made of environment and username',
  },
  username: { shape: username, required: true, meaning: 'What they sign on with; upper and lower case are the same.' },
  password: { shape: password, meaning: 'Applied when it does not fit the stored hash.' },
  passwordHash: { shape: passwordHash, meaning: 'The hash instead; `grantway hash-password` makes it.' },
  status: {
    shape: oneOf(['active', 'locked', 'disabled'] as const),
    meaning: 'Anything but `active` gets no token and no sign-on.',
    otherwise: '`active`',
  },
  claims: { shape: claims, meaning: 'OpenID Connect claims by their standard names.', otherwise: 'none' },
});
