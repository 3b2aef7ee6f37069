import { HttpCall, HttpReply, Subject } from '@grantway/contracts';
import { Environment, Environments, issuerOf } from '@grantway/domain';
import { errorPage, Serves } from '@grantway/platform';
import { Controller } from '@nestjs/common';
import { AuthorizationEndpoint } from './authorization-endpoint/authorization-endpoint.js';
import { AuthorizeConfig } from './authorize.config.js';
import { FlowApi } from './flow/flow-api.js';
import { Resume } from './flow/resume.js';
import { SignOn } from './flow/sign-on.js';
import { PushedAuthorizationEndpoint } from './par-endpoint/pushed-authorization-endpoint.js';
import { SignOff } from './signoff-endpoint/sign-off.js';

/** The subjects this service answers. */
@Controller()
export class AuthorizeController {
  constructor(
    private readonly config: AuthorizeConfig,
    private readonly environments: Environments,
    private readonly endpoint: AuthorizationEndpoint,
    private readonly pushed: PushedAuthorizationEndpoint,
    private readonly signOn: SignOn,
    private readonly resume: Resume,
    private readonly flows: FlowApi,
    private readonly signOff: SignOff,
  ) {}

  @Serves(Subject.AuthorizeStart, HttpCall)
  start(call: HttpCall): Promise<HttpReply> {
    return this.#in(call, (environment, issuer) => this.endpoint.start(call, environment, issuer));
  }

  @Serves(Subject.AuthorizePush, HttpCall)
  push(call: HttpCall): Promise<HttpReply> {
    return this.#in(call, (environment, issuer) => this.pushed.push(call, environment, issuer), NO_ENVIRONMENT);
  }

  @Serves(Subject.AuthorizeResume, HttpCall)
  finish(call: HttpCall): Promise<HttpReply> {
    return this.#in(call, (environment, issuer) => this.resume.finish(call, environment, issuer));
  }

  @Serves(Subject.SignOnPage, HttpCall)
  page(call: HttpCall): Promise<HttpReply> {
    return this.#in(call, (environment) => this.signOn.page(call, environment));
  }

  @Serves(Subject.SignOnSubmit, HttpCall)
  submit(call: HttpCall): Promise<HttpReply> {
    return this.#in(call, (environment) => this.signOn.submit(call, environment));
  }

  @Serves(Subject.FlowRead, HttpCall)
  read(call: HttpCall): Promise<HttpReply> {
    return this.#in(call, (environment) => this.flows.read(call, environment), this.flows.notFound(call));
  }

  @Serves(Subject.FlowAct, HttpCall)
  act(call: HttpCall): Promise<HttpReply> {
    return this.#in(call, (environment) => this.flows.act(call, environment), this.flows.notFound(call));
  }

  @Serves(Subject.SignOff, HttpCall)
  end(call: HttpCall): Promise<HttpReply> {
    return this.#in(call, (environment, issuer) => this.signOff.answer(call, environment, issuer));
  }

  @Serves(Subject.IdpSignOff, HttpCall)
  endByHint(call: HttpCall): Promise<HttpReply> {
    return this.#in(call, (environment, issuer) => this.signOff.byHint(call, environment, issuer));
  }

  async #in(
    call: HttpCall,
    answer: (environment: Environment, issuer: string) => Promise<HttpReply>,
    otherwise: HttpReply = errorPage(call, 'not_found'),
  ): Promise<HttpReply> {
    const environment = await this.environments.find(call.environmentId);
    if (!environment?.enabled) return otherwise;
    return answer(environment, issuerOf(this.config.publicUrl, environment.id));
  }
}

/** For client libraries. */
const NO_ENVIRONMENT: HttpReply = {
  kind: 'json',
  status: 404,
  headers: { 'cache-control': 'no-store' },
  body: { error: 'not_found', error_description: 'no such environment' },
};
