import { FlowEndPage, HttpReply } from '@grantway/contracts';
import { Visit } from './visit.js';

/** The last a person sees of a visit that leads nowhere else. */
export function endPage({ environment, flow }: Visit, outcome: FlowEndPage['outcome']): HttpReply {
  const again = flow.purpose.kind === 'device' && outcome !== 'device_allowed';
  return {
    kind: 'page',
    status: 200,
    headers: { 'cache-control': 'no-store' },
    page: {
      page: 'flow-end',
      environmentName: environment.name,
      outcome,
      ...(again && { again: `/${environment.id}/device` }),
    },
  };
}
