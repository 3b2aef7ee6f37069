import { ClientAuthenticator } from '@grantway/client-auth';
import { AttemptLimits, Flows, PushedRequests, Standings } from '@grantway/domain';
import { EventLog } from '@grantway/platform';
import { Provider } from '@nestjs/common';
import { AnswerIssuer } from '../answer-issuer.js';
import { AuthorizeConfig } from '../authorize.config.js';
import { FlowDocuments } from '../flow/flow-documents.js';
import { PushedAuthorizationEndpoint } from '../par-endpoint/pushed-authorization-endpoint.js';
import { SignOnPolicy } from '../sign-on-policy.js';
import { AuthorizationEndpoint } from './authorization-endpoint.js';
import { AUTHORIZATION_ENDPOINT } from './pipeline.js';
import { Step } from './step.js';

/** Both doors for authorization requests, one list of checks. */
export const AUTHORIZATION_ENDPOINT_PROVIDERS: Provider[] = [
  AnswerIssuer,
  ...AUTHORIZATION_ENDPOINT,
  {
    provide: AuthorizationEndpoint,
    useFactory: (
      config: AuthorizeConfig,
      policy: SignOnPolicy,
      standings: Standings,
      answers: AnswerIssuer,
      flows: Flows,
      documents: FlowDocuments,
      log: EventLog,
      ...steps: Step[]
    ) => new AuthorizationEndpoint(steps, policy, standings, answers, flows, documents, config.publicUrl, log),
    inject: [
      ...[AuthorizeConfig, SignOnPolicy, Standings, AnswerIssuer, Flows, FlowDocuments, EventLog],
      ...AUTHORIZATION_ENDPOINT,
    ],
  },
  {
    provide: PushedAuthorizationEndpoint,
    useFactory: (
      authenticator: ClientAuthenticator,
      limits: AttemptLimits,
      requests: PushedRequests,
      log: EventLog,
      ...steps: Step[]
    ) => new PushedAuthorizationEndpoint(steps, authenticator, limits, requests, log),
    inject: [ClientAuthenticator, AttemptLimits, PushedRequests, EventLog, ...AUTHORIZATION_ENDPOINT],
  },
];
