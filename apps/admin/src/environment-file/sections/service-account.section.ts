import { listOfTexts, map } from '../shape/collections.js';
import { yesOrNo } from '../shape/scalars.js';
import { clientId, description, displayName, scopeName, serviceAccountName } from './names.js';

export interface ServiceAccountEntry {
  id: string;
  name?: string;
  description?: string;
  enabled?: boolean;
  client: string;
  scopes: readonly string[];
  bindings?: readonly string[];
}

export const serviceAccount = map<ServiceAccountEntry>('a service account', {
  id: { shape: serviceAccountName, required: true, meaning: 'The end of its `sub`, `urn:grantway:serviceaccount:ID`.' },
  name: { shape: displayName, meaning: 'What operators see.', otherwise: 'the id' },
  description: { shape: description, meaning: 'What it is for.', otherwise: 'none' },
  enabled: { shape: yesOrNo(), meaning: 'Switched off, everything it holds is dead at once.', otherwise: '`true`' },
  client: {
    shape: clientId,
    required: true,
    meaning: 'The client that owns it: `client_id` and `azp` of its tokens.',
  },
  scopes: {
    shape: listOfTexts('a list of scope names', scopeName, { least: 1 }),
    required: true,
    meaning: 'The most its tokens may carry; the client must have them too.',
  },
  bindings: {
    shape: listOfTexts('a list of client ids', clientId),
    meaning: "Clients that its tokens' `aud` names beside the owner.",
    otherwise: 'none',
  },
});
