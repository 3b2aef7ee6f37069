import { type AnswerGrounds, AuthorizationAnswers, type IssuedAnswer, type NewAnswer } from '@grantway/domain';
import type { MemoryAuthorizationCodes } from './authorization-codes.memory.js';
import type { MemoryAuthorizations } from './authorizations.memory.js';
import type { MemoryFlows } from './flows.memory.js';
import type { MemoryPushedRequests } from './pushed-requests.memory.js';

export class MemoryAuthorizationAnswers extends AuthorizationAnswers {
  constructor(
    private readonly flows: MemoryFlows,
    private readonly codes: MemoryAuthorizationCodes,
    private readonly authorizations: MemoryAuthorizations,
    private readonly pushed: MemoryPushedRequests,
  ) {
    super();
  }

  async issue(
    { environmentId, flowId, pushedRequestId }: AnswerGrounds,
    answer: NewAnswer,
  ): Promise<IssuedAnswer | undefined> {
    if (flowId !== undefined) {
      const flow = await this.flows.find(environmentId, flowId);
      const finished = flow?.status === 'COMPLETED' && (await this.flows.resume(environmentId, flowId));
      if (!finished) return undefined;
    }
    if (pushedRequestId !== undefined && !this.pushed.spend(pushedRequestId, environmentId)) return undefined;
    return {
      ...(answer.code && { code: this.codes.add(answer.code) }),
      ...(answer.authorization && { authorizationId: await this.authorizations.record(answer.authorization) }),
    };
  }
}
