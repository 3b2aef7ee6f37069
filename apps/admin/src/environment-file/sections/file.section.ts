import { AccountPolicy, Lifetimes, OutboundPolicy, SigningPolicy, UserCodeFormat } from '@grantway/domain';
import { GrantType } from '@grantway/protocol';
import { list, listOfTexts, map } from '../shape/collections.js';
import { oneOf, yesOrNo } from '../shape/scalars.js';
import { ClientEntry, client } from './client.section.js';
import { accounts, grantType, lifetimes, outbound, signing, userCodeFormat } from './environment.section.js';
import { displayName, environmentId } from './names.js';
import { ResourceEntry, resource } from './resource.section.js';
import { ServiceAccountEntry, serviceAccount } from './service-account.section.js';
import { UserEntry, user } from './user.section.js';

/** An environment file as it is written. */
export interface FileEntry {
  environment: string;
  name?: string;
  enabled?: boolean;
  demo?: boolean;
  grantTypes?: readonly string[];
  pkce?: 'public' | 'required';
  signing?: Partial<SigningPolicy>;
  lifetimes?: Partial<Lifetimes>;
  passwordChangeEndsRefresh?: boolean;
  par?: 'optional' | 'required';
  outbound?: Partial<OutboundPolicy>;
  userCode?: Partial<UserCodeFormat>;
  accounts?: Partial<AccountPolicy>;
  resources?: readonly ResourceEntry[];
  clients?: readonly ClientEntry[];
  users?: readonly UserEntry[];
  serviceAccounts?: readonly ServiceAccountEntry[];
}

export const DEFAULT_GRANT_TYPES: readonly string[] = [
  GrantType.AuthorizationCode,
  GrantType.RefreshToken,
  GrantType.ClientCredentials,
];

/** RFC 7591 §2. */
export const DEFAULT_CLIENT_GRANT_TYPES: readonly string[] = [GrantType.AuthorizationCode];

export const file = map<FileEntry>('an environment file', {
  environment: { shape: environmentId, required: true, meaning: 'Its id: one path segment of the issuer.' },
  name: { shape: displayName, meaning: 'What people see at the top of the pages.', otherwise: 'the id' },
  enabled: { shape: yesOrNo(), meaning: 'Switched off, its issuer answers 404.', otherwise: '`true`' },
  demo: { shape: yesOrNo(), meaning: 'Secrets may stand in this file.', otherwise: '`false`' },
  grantTypes: {
    shape: listOfTexts('a list of grant types', grantType, { least: 1 }),
    meaning: 'What is switched on here; clients can only have less.',
    otherwise: `\`[${DEFAULT_GRANT_TYPES.join(', ')}]\``,
  },
  pkce: {
    shape: oneOf(['public', 'required'] as const),
    meaning: '`required` makes PKCE compulsory for confidential clients too.',
    otherwise: '`public`',
  },
  signing: { shape: signing, meaning: 'How tokens are signed.' },
  lifetimes: { shape: lifetimes, meaning: 'How long things live.' },
  passwordChangeEndsRefresh: {
    shape: yesOrNo(),
    meaning: 'A changed password ends refresh tokens issued before.',
    otherwise: '`true`',
  },
  par: {
    shape: oneOf(['optional', 'required'] as const),
    meaning: '`required` refuses authorization requests that were not pushed (RFC 9126).',
    otherwise: '`optional`',
  },
  outbound: { shape: outbound, meaning: 'Calls to addresses that clients and this file name.' },
  userCode: { shape: userCodeFormat, meaning: "What people type from a device's screen." },
  accounts: { shape: accounts, meaning: 'What people may do about their own account.' },
  resources: { shape: list('a list of resources', resource), meaning: 'The APIs tokens are for.', otherwise: 'none' },
  clients: {
    shape: list('a list of clients', client, { most: 10_000 }),
    meaning: 'The applications that ask for tokens.',
    otherwise: 'none',
  },
  users: {
    shape: list('a list of users', user, { most: 100_000 }),
    meaning: 'The people who sign on.',
    otherwise: 'none',
  },
  serviceAccounts: {
    shape: list('a list of service accounts', serviceAccount),
    meaning: 'Machines with an identity and rights of their own.',
    otherwise: 'none',
  },
});
