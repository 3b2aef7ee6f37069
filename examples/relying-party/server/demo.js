/**
 * The clients and APIs the playground plays, as `deploy/environments/demo.yaml` registers them. Secrets stay in this process: the
 * page is told the ids alone.
 *
 * @type {import('./handler.js').Roles}
 */
export const DEMO = {
  device: { id: 'tv' },
  front: { id: 'playground-front' },
  ciba: { id: 'callcenter', secret: 'callcenter-secret' },
  machine: { id: 'service', secret: 'demo-secret' },
  exchange: { id: 'gateway-api', secret: 'gateway-secret' },
  password: { id: 'legacy-app', secret: 'legacy-secret' },
  orders: { id: 'orders', secret: 'orders-api-secret' },
  ledger: { id: 'ledger', secret: 'ledger-api-secret' },
};
