import { list, map } from '../shape/collections.js';
import { seconds, text, yesOrNo } from '../shape/scalars.js';
import { audience, resourceName, scopeName } from './names.js';

export interface ScopeEntry {
  name: string;
  description?: string;
  userOnly?: boolean;
}

export interface ResourceEntry {
  name: string;
  audience?: string;
  accessTokenLifetime?: number;
  scopes: readonly ScopeEntry[];
}

const description = text('a text of at most 200 characters', (value) =>
  value.length <= 200 ? undefined : 'is longer than 200 characters',
);

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

export const resource = map<ResourceEntry>('a resource', {
  name: { shape: resourceName, required: true, meaning: 'Its name in the environment.' },
  audience: { shape: audience, meaning: 'What `aud` says and a `resource` parameter names.', otherwise: 'the name' },
  accessTokenLifetime: {
    shape: seconds(300, 2_592_000),
    meaning: 'How long access tokens for it live.',
    otherwise: "the environment's",
  },
  scopes: { shape: list('a list of scopes', scope, { least: 1 }), required: true, meaning: 'What can be asked of it.' },
});
