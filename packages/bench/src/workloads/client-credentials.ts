import { MACHINE, SCOPES } from '../installation.js';
import { expectStatus, formPost, textsOf } from './answers.js';
import type { Workload } from './workload.js';

function clientCredentials(id: string, meaning: string, scope: string): Workload {
  return {
    ...{ id, meaning, connections: 32 },
    async open(target, connection) {
      const question = formPost(target.token, MACHINE, { grant_type: 'client_credentials', scope });
      textsOf(expectStatus(await connection.send(question), 200), 'access_token');
      return { next: async () => void expectStatus(await connection.send(question), 200) };
    },
  };
}

export const W1 = clientCredentials('W1', 'client credentials, JWT by ES256', SCOPES.es256);
export const W2 = clientCredentials('W2', 'client credentials, JWT by RS256', SCOPES.rs256);
export const W3 = clientCredentials('W3', 'client credentials, opaque token', SCOPES.opaque);
