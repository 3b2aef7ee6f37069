import { Flows } from '@grantway/domain';
import { createLogger, EventLog } from '@grantway/platform';
import { DynamicModule, Module } from '@nestjs/common';
import { AuthorizationEndpoint } from './authorization-endpoint/authorization-endpoint.js';
import { AUTHORIZATION_ENDPOINT } from './authorization-endpoint/pipeline.js';
import { Step } from './authorization-endpoint/step.js';
import { AuthorizeConfig } from './authorize.config.js';
import { AuthorizeController } from './authorize.controller.js';
import { CodeIssuer } from './code-issuer.js';
import { FlowCancel } from './flow/actions/flow-cancel.action.js';
import { SessionReset } from './flow/actions/session-reset.action.js';
import { UserConsent } from './flow/actions/user-consent.action.js';
import { UsernamePasswordCheck } from './flow/actions/username-password-check.action.js';
import { FlowAction } from './flow/flow-action.js';
import { FlowPages } from './flow/flow-pages.js';
import { Resume } from './flow/resume.js';
import { SignOn } from './flow/sign-on.js';
import { Visits } from './flow/visit.js';
import { SignOnPolicy } from './sign-on-policy.js';

/** What a person can do in a flow; a new action is a class and a line here. */
const ACTIONS = [UsernamePasswordCheck, UserConsent, SessionReset, FlowCancel] as const;

/** Authorization endpoint, flows and sessions. Needs the stores and the verifier of global modules. */
@Module({})
export class AuthorizeModule {
  static forRoot(config: AuthorizeConfig): DynamicModule {
    return {
      module: AuthorizeModule,
      controllers: [AuthorizeController],
      providers: [
        { provide: AuthorizeConfig, useValue: config },
        { provide: EventLog, useValue: new EventLog(createLogger('authorize', config.logLevel)) },
        SignOnPolicy,
        CodeIssuer,
        Visits,
        FlowPages,
        Resume,
        ...ACTIONS,
        ...AUTHORIZATION_ENDPOINT,
        {
          provide: SignOn,
          useFactory: (visits: Visits, pages: FlowPages, ...actions: FlowAction[]) =>
            new SignOn(visits, pages, config.publicUrl, actions),
          inject: [Visits, FlowPages, ...ACTIONS],
        },
        {
          provide: AuthorizationEndpoint,
          useFactory: (policy: SignOnPolicy, codes: CodeIssuer, flows: Flows, log: EventLog, ...steps: Step[]) =>
            new AuthorizationEndpoint(steps, policy, codes, flows, log),
          inject: [SignOnPolicy, CodeIssuer, Flows, EventLog, ...AUTHORIZATION_ENDPOINT],
        },
      ],
    };
  }
}
