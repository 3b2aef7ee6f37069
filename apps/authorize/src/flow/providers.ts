import {
  AttemptLimits,
  Environments,
  MasterKey,
  OneTimeCodes,
  Outbound,
  PasswordCheck,
  Resources,
  Standings,
  UserCodes,
  UserDirectory,
} from '@grantway/domain';
import { JobRunner } from '@grantway/persistence';
import { createLogger } from '@grantway/platform';
import { Provider } from '@nestjs/common';
import { AuthorizeConfig } from '../authorize.config.js';
import { DeviceConsent } from './actions/device-consent.action.js';
import { DeviceUserCodeVerify } from './actions/device-user-code-verify.action.js';
import { FlowCancel } from './actions/flow-cancel.action.js';
import { PasswordForgot } from './actions/password-forgot.action.js';
import { PasswordRecover } from './actions/password-recover.action.js';
import { PasswordReset } from './actions/password-reset.action.js';
import { SendRecoveryCode, SendVerificationCode } from './actions/send-code.actions.js';
import { SessionReset } from './actions/session-reset.action.js';
import { UserConsent } from './actions/user-consent.action.js';
import { UserLookup } from './actions/user-lookup.action.js';
import { UserRegister } from './actions/user-register.action.js';
import { UserVerify } from './actions/user-verify.action.js';
import { UsernamePasswordCheck } from './actions/username-password-check.action.js';
import { CodeMessageJob } from './codes/code-message.job.js';
import { CodeSender } from './codes/code-sender.js';
import { OneTimeCodeBook } from './codes/one-time-code-book.js';
import { FlowAction, FlowActions } from './flow-action.js';
import { FlowApi } from './flow-api.js';
import { FlowDocuments } from './flow-documents.js';
import { FlowPages } from './flow-pages.js';
import { AuthorizeFlow } from './kinds/authorize.flow.js';
import { DeviceFlow } from './kinds/device.flow.js';
import { SignOnFlow } from './kinds/sign-on.flow.js';
import { Resume } from './resume.js';
import { SessionOpener } from './session-opener.js';
import { SignOn } from './sign-on.js';
import { FlowKind } from './visit.js';
import { FlowKinds, Visits } from './visits.js';

/** What a person can do in a flow; a new action is a class and a line here. */
export const ACTIONS = [
  ...[UsernamePasswordCheck, UserLookup, UserConsent, SessionReset, FlowCancel],
  ...[PasswordForgot, SendRecoveryCode, PasswordRecover, PasswordReset],
  ...[UserRegister, SendVerificationCode, UserVerify],
  ...[DeviceUserCodeVerify, DeviceConsent],
] as const;

/** What a person can be here for; a new reason is a class and a line here. */
export const KINDS = [AuthorizeFlow, DeviceFlow, SignOnFlow] as const;

/** The flows, their pages and their API. */
export function flowProviders(config: AuthorizeConfig): Provider[] {
  const masterKey = MasterKey.parse(config.masterKey);
  const { publicUrl } = config;
  return [
    ...ACTIONS,
    ...KINDS,
    ...[SessionOpener, CodeSender, FlowPages, Visits, Resume],
    { provide: OneTimeCodeBook, useFactory: () => new OneTimeCodeBook(masterKey.derive('one-time-code')) },
    { provide: UserCodes, useFactory: () => new UserCodes(masterKey.derive('user-code')) },
    {
      provide: PasswordCheck,
      useFactory: (users: UserDirectory, limits: AttemptLimits) => new PasswordCheck(users, limits),
      inject: [UserDirectory, AttemptLimits],
    },
    {
      provide: FlowActions,
      useFactory: (...actions: FlowAction[]) => new FlowActions(actions),
      inject: [...ACTIONS],
    },
    { provide: FlowKinds, useFactory: (...kinds: FlowKind[]) => new FlowKinds(kinds), inject: [...KINDS] },
    {
      provide: FlowDocuments,
      useFactory: (resources: Resources, users: UserDirectory, actions: FlowActions, standings: Standings) =>
        new FlowDocuments(publicUrl, resources, users, actions, standings),
      inject: [Resources, UserDirectory, FlowActions, Standings],
    },
    {
      provide: SignOn,
      useFactory: (visits: Visits, pages: FlowPages, actions: FlowActions) =>
        new SignOn(visits, pages, publicUrl, actions),
      inject: [Visits, FlowPages, FlowActions],
    },
    {
      provide: FlowApi,
      useFactory: (visits: Visits, documents: FlowDocuments, actions: FlowActions) =>
        new FlowApi(visits, documents, publicUrl, actions),
      inject: [Visits, FlowDocuments, FlowActions],
    },
    {
      provide: CodeMessageJob,
      useFactory: (
        runner: JobRunner,
        environments: Environments,
        users: UserDirectory,
        codes: OneTimeCodes,
        book: OneTimeCodeBook,
        outbound: Outbound,
      ) => {
        const log = createLogger('authorize', config.logLevel);
        return new CodeMessageJob(runner, environments, users, codes, book, outbound, log);
      },
      inject: [JobRunner, Environments, UserDirectory, OneTimeCodes, OneTimeCodeBook, Outbound],
    },
  ];
}
