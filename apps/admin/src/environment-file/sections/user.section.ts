import { UserStatus } from '@grantway/domain';
import { map } from '../shape/collections.js';
import { oneOf, yesOrNo } from '../shape/scalars.js';
import { claims } from './claims.js';
import { userId, username } from './names.js';
import { password, passwordHash, userCode } from './secrets.js';

export interface UserEntry {
  id?: string;
  username: string;
  password?: string;
  passwordHash?: string;
  mustChangePassword?: boolean;
  userCode?: string;
  status?: Exclude<UserStatus, 'unverified'>;
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
  mustChangePassword: {
    shape: yesOrNo(),
    meaning: 'The password is a first one: it signs on only to be changed, and one they chose since is left alone.',
    otherwise: '`false`',
  },
  userCode: {
    shape: userCode,
    meaning: 'The code they give for backchannel requests; applied when it does not fit the stored hash.',
    otherwise: 'as it is',
  },
  status: {
    shape: oneOf(['active', 'locked', 'disabled'] as const),
    meaning: 'Anything but `active` gets no token and no sign-on.',
    otherwise: '`active`',
  },
  claims: { shape: claims, meaning: 'OpenID Connect claims by their standard names.', otherwise: 'none' },
});
