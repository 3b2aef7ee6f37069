import { HttpCall, HttpReply } from '@grantway/contracts';
import { Environment } from '@grantway/domain';
import { errorPage } from '@grantway/platform';
import { Injectable } from '@nestjs/common';
import { AuthorizeConfig } from '../authorize.config.js';
import { FOREIGN } from './flow-api.js';
import { FlowDocuments } from './flow-documents.js';
import { refuse } from './flow-errors.js';
import { signOnLocation } from './locations.js';
import { isForeignScript, isScripted } from './visit.js';
import { Visits } from './visits.js';

/** Finishes a flow, as its kind does (A16). */
@Injectable()
export class Resume {
  constructor(
    private readonly visits: Visits,
    private readonly documents: FlowDocuments,
    private readonly config: AuthorizeConfig,
  ) {}

  async finish(call: HttpCall, environment: Environment, issuer: string): Promise<HttpReply> {
    const visit = await this.visits.open(call, environment, call.query['flowId']?.[0]);
    if (typeof visit === 'string') return errorPage(call, visit);
    const { flow, kind } = visit;
    // What follows is JSON with the answer in it, so only the client's own scripts may come for it.
    if (isScripted(visit) && isForeignScript(visit, this.config.publicUrl)) return refuse(call, FOREIGN);
    if (flow.status !== 'COMPLETED' && flow.status !== 'FAILED') {
      return { kind: 'redirect', location: signOnLocation(environment.id, flow.id) };
    }
    const answer = await kind.finish(visit, issuer);
    if (answer.kind !== 'json') return answer;
    // `pi.flow`: the flow as it ended, and the answer in it.
    return { ...answer, body: { ...(await this.documents.of(visit)), ...(answer.body as object) } };
  }
}
