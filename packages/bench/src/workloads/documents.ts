import { MACHINE, SCOPES } from '../installation.js';
import { expectStatus, formPost, textsOf } from './answers.js';
import type { Workload } from './workload.js';

export const W6: Workload = {
  ...{ id: 'W6', meaning: 'introspection', connections: 32 },
  async open(target, connection) {
    const form = { grant_type: 'client_credentials', scope: target.introspected ?? SCOPES.opaque };
    const issued = await connection.send(formPost(target.token, MACHINE, form));
    const { access_token: token } = textsOf(expectStatus(issued, 200), 'access_token');
    const question = formPost(target.introspection, MACHINE, { token });
    return {
      async next() {
        const { text } = expectStatus(await connection.send(question), 200);
        if (!text.includes('"active":true')) throw new Error(`not active: ${text}`);
      },
    };
  },
};

export const W7: Workload = {
  ...{ id: 'W7', meaning: 'discovery and JWKS, in turn', connections: 32 },
  async open(target, connection) {
    let last = target.jwks;
    return {
      async next() {
        last = last === target.jwks ? target.discovery : target.jwks;
        expectStatus(await connection.send({ url: last }), 200);
      },
    };
  },
};
