import { quoted } from '../file-problem.js';
import { Check, entries } from './check.js';
import { ClientIndex } from './client-index.js';

export const checkResources: Check = (file, reading) => {
  const clients = new ClientIndex(file, reading.has(['clients']));
  for (const [index, { mayAct }] of entries(file.resources)) {
    const path = ['resources', index];
    if (mayAct === undefined) continue;
    const named = (['sub', 'client_id'] as const).some((key) => reading.has([...path, 'mayAct', key]));
    if (!named) reading.fail([...path, 'mayAct'], 'names nobody: give sub, client_id or both');
    const fault = mayAct.client_id === undefined ? undefined : clients.fault(mayAct.client_id);
    if (fault) reading.fail([...path, 'mayAct', 'client_id'], `${quoted(mayAct.client_id ?? '')} ${fault}`);
  }
};
