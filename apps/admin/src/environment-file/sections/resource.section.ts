import { MayAct, Resource, SigningAlgorithm } from '@grantway/domain';
import { list, map } from '../shape/collections.js';
import { oneOf, seconds, text, yesOrNo } from '../shape/scalars.js';
import { algorithm } from './environment.section.js';
import { audience, clientId, description, resourceName, scopeName } from './names.js';
import { clientSecret } from './secrets.js';

export interface ScopeEntry {
  name: string;
  description?: string;
  userOnly?: boolean;
}

export interface ResourceEntry {
  name: string;
  audience?: string;
  accessTokenLifetime?: number;
  accessTokenFormat?: Resource['accessTokenFormat'];
  accessTokenAlgorithm?: SigningAlgorithm;
  introspectionSecret?: string;
  mayAct?: MayAct;
  scopes: readonly ScopeEntry[];
}

const scope = map<ScopeEntry>('a scope', {
  name: { shape: scopeName, required: true, meaning: 'What a client asks for; unique in the environment.' },
  description: {
    shape: description,
    meaning: 'What the person reads who is asked to allow it.',
    otherwise: 'the name',
  },
  userOnly: {
    shape: yesOrNo(),
    meaning: 'Needs a signed-on user, so client credentials never get it.',
    otherwise: '`false`',
  },
});

const subject = text('a `sub` of at most 255 characters', (value) =>
  value.length <= 255 ? undefined : 'is longer than 255 characters',
);

const mayAct = map<MayAct>('a map of who may act', {
  sub: { shape: subject, meaning: 'By name: the `sub` of the actor token.' },
  client_id: { shape: clientId, meaning: 'By client.' },
});

export const resource = map<ResourceEntry>('a resource', {
  name: { shape: resourceName, required: true, meaning: 'Its name in the environment.' },
  audience: { shape: audience, meaning: 'What `aud` says and a `resource` parameter names.', otherwise: 'the name' },
  accessTokenLifetime: {
    shape: seconds(300, 2_592_000),
    meaning: 'How long access tokens for it live.',
    otherwise: "the environment's",
  },
  accessTokenFormat: {
    shape: oneOf(['jwt', 'opaque'] as const),
    meaning: '`opaque` tokens say nothing by themselves; the resource asks the introspection endpoint.',
    otherwise: '`jwt`',
  },
  accessTokenAlgorithm: {
    shape: algorithm,
    meaning: 'How access tokens for it are signed.',
    otherwise: "the environment's",
  },
  introspectionSecret: {
    shape: clientSecret,
    meaning: 'What it proves itself with at the introspection endpoint, under its name.',
    otherwise: 'none',
  },
  mayAct: {
    shape: mayAct,
    meaning: 'Who may act for the subject of a token for it (RFC 8693 §4.4): by name, by client, or both.',
    otherwise: 'whom the client says',
  },
  scopes: { shape: list('a list of scopes', scope, { least: 1 }), required: true, meaning: 'What can be asked of it.' },
});
