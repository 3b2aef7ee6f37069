import { HttpCall, HttpReply, Subject } from '@grantway/contracts';
import { Environment, Environments, issuerOf } from '@grantway/domain';
import { errorPage, NO_STORE, Serves } from '@grantway/platform';
import { GrantType } from '@grantway/protocol';
import { Controller } from '@nestjs/common';
import { ApprovalsApi } from './approvals/approvals-api.js';
import { ApprovalsPages } from './approvals/approvals-pages.js';
import { BackchannelEndpoint } from './backchannel-endpoint/backchannel-endpoint.js';
import { CibaConfig } from './ciba.config.js';
import { apiError } from './replies.js';

/** The subjects this service answers. */
@Controller()
export class CibaController {
  constructor(
    private readonly config: CibaConfig,
    private readonly environments: Environments,
    private readonly endpoint: BackchannelEndpoint,
    private readonly pages: ApprovalsPages,
    private readonly api: ApprovalsApi,
  ) {}

  @Serves(Subject.BackchannelStart, HttpCall)
  async start(call: HttpCall): Promise<HttpReply> {
    const environment = await this.environments.find(call.environmentId);
    if (!environment?.enabled) return UNKNOWN_ENVIRONMENT;
    return this.endpoint.start(call, environment, issuerOf(this.config.publicUrl, environment.id));
  }

  @Serves(Subject.ApprovalsPage, HttpCall)
  async page(call: HttpCall): Promise<HttpReply> {
    const environment = await this.#serving(call);
    return environment ? this.pages.show(call, environment) : errorPage(call, 'not_found');
  }

  @Serves(Subject.ApprovalsSubmit, HttpCall)
  async submit(call: HttpCall): Promise<HttpReply> {
    const environment = await this.#serving(call);
    return environment ? this.pages.submit(call, environment) : errorPage(call, 'not_found');
  }

  @Serves(Subject.ApprovalsList, HttpCall)
  async list(call: HttpCall): Promise<HttpReply> {
    const environment = await this.#serving(call);
    return environment ? this.api.list(call, environment) : notFound(call);
  }

  @Serves(Subject.ApprovalsDecide, HttpCall)
  async decide(call: HttpCall): Promise<HttpReply> {
    const environment = await this.#serving(call);
    return environment ? this.api.decide(call, environment) : notFound(call);
  }

  /** The environment, if it is one where people are asked. */
  async #serving({ environmentId }: HttpCall): Promise<Environment | undefined> {
    const environment = await this.environments.find(environmentId);
    return environment?.enabled && environment.grantTypes.includes(GrantType.Ciba) ? environment : undefined;
  }
}

const UNKNOWN_ENVIRONMENT: HttpReply = {
  kind: 'json',
  status: 404,
  headers: NO_STORE,
  body: { error: 'not_found', error_description: 'no such environment' },
};

function notFound(call: HttpCall): HttpReply {
  return apiError(call, { status: 404, code: 'NOT_FOUND', message: 'There is nothing here.' });
}
