import { HttpCall, HttpReply, Subject } from '@grantway/contracts';
import { Environment, Environments, issuerOf } from '@grantway/domain';
import { Serves } from '@grantway/platform';
import { Controller } from '@nestjs/common';
import { AuthorizationEndpoint } from './authorization-endpoint/authorization-endpoint.js';
import { AuthorizeConfig } from './authorize.config.js';
import { errorPage } from './error-page.js';
import { Resume } from './flow/resume.js';
import { SignOn } from './flow/sign-on.js';

/** The subjects this service answers. */
@Controller()
export class AuthorizeController {
  constructor(
    private readonly config: AuthorizeConfig,
    private readonly environments: Environments,
    private readonly endpoint: AuthorizationEndpoint,
    private readonly signOn: SignOn,
    private readonly resume: Resume,
  ) {}

  @Serves(Subject.AuthorizeStart, HttpCall)
  start(call: HttpCall): Promise<HttpReply> {
    return this.#in(call, (environment, issuer) => this.endpoint.start(call, environment, issuer));
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

  async #in(
    call: HttpCall,
    answer: (environment: Environment, issuer: string) => Promise<HttpReply>,
  ): Promise<HttpReply> {
    const environment = await this.environments.find(call.environmentId);
    if (!environment?.enabled) return errorPage(call, 'not_found');
    return answer(environment, issuerOf(this.config.publicUrl, environment.id));
  }
}
