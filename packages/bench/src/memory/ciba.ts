import { environmentFile } from '../contenders/grantway/environment.js';
import { person, web } from '../installation.js';
import { expectStatus, formPost, textsOf } from '../workloads/answers.js';
import type { Workload } from '../workloads/workload.js';

const CIBA = 'urn:openid:params:grant-type:ciba';

/** The installation of the bench, whose web applications may ask without a browser as well. */
export function environmentWithCiba(): string {
  const file = JSON.parse(environmentFile([])) as {
    grantTypes: string[];
    clients: { id: string; grantTypes: string[] }[];
  };
  file.grantTypes.push(CIBA);
  for (const client of file.clients) if (client.id.startsWith('web-')) client.grantTypes.push(CIBA);
  return JSON.stringify(file);
}

/** Polls of a backchannel request (CIBA Core §10.1) that nobody answers, so that the service has something to do. */
export const BACKCHANNEL: Workload = {
  ...{ id: 'CIBA', meaning: 'polls of backchannel requests', connections: 16 },
  async open(target, connection, n) {
    const client = web(n);
    const ask = formPost(target.token.replace(/token$/, 'bc-authorize'), client, {
      ...{ scope: 'openid', login_hint: person(n).username },
    });
    // A person has three undecided ones at most, so one is asked about over and over.
    const { auth_req_id } = textsOf(expectStatus(await connection.send(ask), 200), 'auth_req_id');
    const poll = formPost(target.token, client, { grant_type: CIBA, auth_req_id });
    return { next: async () => void expectStatus(await connection.send(poll), 400) };
  },
};
