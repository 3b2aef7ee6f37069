import type { HttpCall, HttpReply, JsonReply, PageReply, RedirectReply } from '@grantway/contracts';
import {
  bindBrowser,
  type Client,
  csrfToken,
  type Environment,
  type FlowPurpose,
  type FlowStatus,
  MasterKey,
  PasswordCheck,
  Standings,
  UserCodes,
} from '@grantway/domain';
import { createLogger, EventLog } from '@grantway/platform';
import { aCall, aClient, anEnvironment, aPost, aResource, aUser, MemoryStores } from '@grantway/testing';
import { AnswerIssuer } from '../src/answer-issuer.js';
import { AuthorizeConfig } from '../src/authorize.config.js';
import { DeviceConsent } from '../src/flow/actions/device-consent.action.js';
import { DeviceUserCodeVerify } from '../src/flow/actions/device-user-code-verify.action.js';
import { FlowCancel } from '../src/flow/actions/flow-cancel.action.js';
import { PasswordForgot } from '../src/flow/actions/password-forgot.action.js';
import { PasswordRecover } from '../src/flow/actions/password-recover.action.js';
import { PasswordReset } from '../src/flow/actions/password-reset.action.js';
import { SendRecoveryCode, SendVerificationCode } from '../src/flow/actions/send-code.actions.js';
import { SessionReset } from '../src/flow/actions/session-reset.action.js';
import { UserConsent } from '../src/flow/actions/user-consent.action.js';
import { UserLookup } from '../src/flow/actions/user-lookup.action.js';
import { UserRegister } from '../src/flow/actions/user-register.action.js';
import { UserVerify } from '../src/flow/actions/user-verify.action.js';
import { UsernamePasswordCheck } from '../src/flow/actions/username-password-check.action.js';
import { CodeSender } from '../src/flow/codes/code-sender.js';
import { OneTimeCodeBook } from '../src/flow/codes/one-time-code-book.js';
import { FlowActions } from '../src/flow/flow-action.js';
import { FlowApi } from '../src/flow/flow-api.js';
import { FlowDocuments } from '../src/flow/flow-documents.js';
import { FlowPages } from '../src/flow/flow-pages.js';
import { AuthorizeFlow } from '../src/flow/kinds/authorize.flow.js';
import { DeviceFlow } from '../src/flow/kinds/device.flow.js';
import { SignOnFlow } from '../src/flow/kinds/sign-on.flow.js';
import { Resume } from '../src/flow/resume.js';
import { SessionOpener } from '../src/flow/session-opener.js';
import { SignOn } from '../src/flow/sign-on.js';
import { FlowKinds, Visits } from '../src/flow/visits.js';
import { SignOnPolicy } from '../src/sign-on-policy.js';

export const PUBLIC_URL = 'https://login.example';
export const PASSWORD = 'correct horse';
export const { cookie: BROWSER, hash: browserHash } = bindBrowser(undefined);

const masterKey = MasterKey.parse(Buffer.alloc(32, 7).toString('base64url'));

interface Inhabitants {
  readonly environment?: Environment;
  readonly clients?: readonly Client[];
}

/** All flows of one environment over memory stores, put together as the module does. */
export class FlowHouse {
  readonly stores = new MemoryStores();
  readonly environment: Environment;
  readonly log = new EventLog(createLogger('authorize', 'silent'));
  readonly book = new OneTimeCodeBook(masterKey.derive('one-time-code'));
  readonly userCodes = new UserCodes(masterKey.derive('user-code'));
  readonly policy = new SignOnPolicy(this.stores.consents);
  readonly standings = new Standings(this.stores.sessions, this.stores.users);
  /** For codes alone: nothing else is minted here. */
  readonly answers = new AnswerIssuer(
    ...([this.stores.answers, this.stores.resources] as const),
    ...([undefined, undefined, undefined] as never as [never, never, never]),
    this.log,
  );
  readonly actions: FlowActions;
  readonly documents: FlowDocuments;
  readonly signOn: SignOn;
  readonly api: FlowApi;
  readonly resume: Resume;

  constructor({ environment = anEnvironment(), clients = [aClient()] }: Inhabitants = {}) {
    this.environment = environment;
    const { stores, log, standings, policy, book, userCodes } = this;
    stores.clients.add(...clients);
    stores.resources.add(aResource());
    stores.users.add(aUser(), PASSWORD).add(aUser({ id: 'user-bob', username: 'bob' }), 'battery staple');
    const { users, flows, sessions, attempts, consents, devices, oneTimeCodes } = stores;

    const passwords = new PasswordCheck(users, attempts);
    const opener = new SessionOpener(flows, sessions, standings, log);
    const codes = new CodeSender(attempts, stores.codeMessages);
    this.actions = new FlowActions([
      new UsernamePasswordCheck(passwords, flows, opener, codes, log),
      new UserLookup(flows),
      new UserConsent(flows, standings, log),
      new SessionReset(flows, sessions),
      new FlowCancel(flows),
      new PasswordForgot(flows, codes),
      new SendRecoveryCode(flows, codes, users),
      new PasswordRecover(flows, users, oneTimeCodes, book, passwords, log),
      new PasswordReset(users, passwords, opener, log),
      new UserRegister(flows, users, codes, log),
      new SendVerificationCode(flows, codes, users),
      new UserVerify(users, oneTimeCodes, book, opener, log),
      new DeviceUserCodeVerify(flows, devices, stores.clients, userCodes, attempts, standings, log),
      new DeviceConsent(flows, devices, consents, standings, log),
    ]);
    const kinds = new FlowKinds([
      new AuthorizeFlow(flows, stores.clients, policy, standings, this.answers, log),
      new DeviceFlow(stores.clients, devices),
      new SignOnFlow(),
    ]);
    const visits = new Visits(flows, kinds);
    this.documents = new FlowDocuments(PUBLIC_URL, stores.resources, users, this.actions, standings);
    this.signOn = new SignOn(visits, new FlowPages(stores.resources, users, standings), PUBLIC_URL, this.actions);
    this.api = new FlowApi(visits, this.documents, PUBLIC_URL, this.actions);
    this.resume = new Resume(visits, this.documents, Object.assign(new AuthorizeConfig(), { publicUrl: PUBLIC_URL }));
  }

  begin(purpose: FlowPurpose, extra: object = {}): Promise<string> {
    return this.stores.flows.begin({
      ...{ environmentId: 'acme', status: 'USERNAME_PASSWORD_REQUIRED', purpose, browserHash, lifetime: 900 },
      ...extra,
    });
  }

  submit(flowId: string, fields: Record<string, string>, overrides: Partial<HttpCall> = {}): Promise<HttpReply> {
    const form = { flowId, csrf: csrfToken(BROWSER, flowId), ...fields };
    const call = aPost(form, { cookies: { browser: BROWSER }, origin: PUBLIC_URL, ...overrides });
    return this.signOn.submit(call, this.environment);
  }

  page(flowId: string, overrides: Partial<HttpCall> = {}): Promise<HttpReply> {
    const call = aCall({ query: { flowId: [flowId] }, cookies: { browser: BROWSER }, ...overrides });
    return this.signOn.page(call, this.environment);
  }

  /** An action through the API. */
  act(flowId: string, action: string, json: object = {}, overrides: Partial<HttpCall> = {}): Promise<HttpReply> {
    const body = { id: flowId, action, json: json as Record<string, unknown> };
    const call = aCall({ method: 'POST', cookies: { browser: BROWSER }, ...body, ...overrides });
    return this.api.act(call, this.environment);
  }

  read(flowId: string, overrides: Partial<HttpCall> = {}): Promise<HttpReply> {
    return this.api.read(aCall({ id: flowId, cookies: { browser: BROWSER }, ...overrides }), this.environment);
  }

  finish(flowId: string, session?: string, browser = BROWSER): Promise<HttpReply> {
    const call = aCall({ query: { flowId: [flowId] }, cookies: { browser, ...(session && { session }) } });
    return this.resume.finish(call, this.environment, `${PUBLIC_URL}/acme/as`);
  }

  async statusOf(flowId: string): Promise<FlowStatus | undefined> {
    return (await this.stores.flows.find('acme', flowId))?.status;
  }
}

export const kindOf = (reply: HttpReply) =>
  reply.kind === 'page' && reply.page.page === 'error' ? reply.page.kind : reply.kind;
export const locationOf = (reply: HttpReply) => (reply as RedirectReply).location;
export const pageOf = (reply: HttpReply) => (reply as PageReply).page;
export const sessionIn = (reply: HttpReply) =>
  reply.cookies?.find(({ name }) => name === 'session')?.value ?? undefined;
export const answerIn = (reply: HttpReply) => Object.fromEntries(new URL(locationOf(reply)).searchParams);
/** Status and body of a JSON answer. */
export const jsonOf = (reply: HttpReply) => {
  const { status, body } = reply as JsonReply;
  // biome-ignore lint/suspicious/noExplicitAny: a test looks at it as JavaScript would
  return { status, body: body as any };
};
