import { quoted } from '../file-problem.js';
import { Check, entries } from './check.js';
import { ClientIndex } from './client-index.js';

export const checkServiceAccounts: Check = (file, reading) => {
  const clients = new ClientIndex(file, reading.has(['clients']));
  const owners = new Map(entries(file.clients).map(([index, client]) => [client.id, { index, client }]));
  for (const [index, { client, scopes, bindings }] of entries(file.serviceAccounts)) {
    const path = ['serviceAccounts', index];
    const unknown = client === undefined ? undefined : clients.fault(client);
    if (unknown) reading.fail([...path, 'client'], `${quoted(client ?? '')} ${unknown}`);

    const owner = client === undefined ? undefined : owners.get(client);
    const may = owner && (reading.has(['clients', owner.index, 'scopes']) ? owner.client.scopes : []);
    for (const [at, scope] of entries(scopes)) {
      if (may && !may.includes(scope) && !may.includes(undefined))
        reading.fail(
          [...path, 'scopes', at],
          `${quoted(scope)} is not among the scopes of the client ${quoted(client ?? '')}`,
        );
    }
    for (const [at, id] of entries(bindings)) {
      const fault = clients.fault(id);
      if (fault) reading.fail([...path, 'bindings', at], `${quoted(id)} ${fault}`);
    }
  }
};
