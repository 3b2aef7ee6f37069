import { HttpReply } from '@grantway/contracts';
import { FlowPurpose, FlowStatus } from '@grantway/domain';
import { Injectable } from '@nestjs/common';
import { endPage } from '../end-page.js';
import { FlowKind, FlowMatter, purposeOf, Visit } from '../visit.js';

type Destination = Extract<FlowPurpose, { kind: 'sign_on' }>['returnTo'];

/** SE-04: never an address from a request. */
const PAGES: { readonly [Name in Destination]: string } = { approvals: 'approvals' };

/** A page of ours that needs to know who is there. */
@Injectable()
export class SignOnFlow extends FlowKind {
  readonly kind = 'sign_on';

  async matter(): Promise<FlowMatter> {
    return { scope: [] };
  }

  async afterSignOn(): Promise<FlowStatus> {
    return 'COMPLETED';
  }

  async finish(visit: Visit): Promise<HttpReply> {
    if (visit.flow.status === 'FAILED') return endPage(visit, 'cancelled');
    const { returnTo } = purposeOf(visit.flow, 'sign_on');
    return { kind: 'redirect', location: `/${visit.environment.id}/${PAGES[returnTo]}` };
  }
}
