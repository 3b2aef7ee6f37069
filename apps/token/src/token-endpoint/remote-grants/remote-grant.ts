import { Issuance, TokenRequest } from '@grantway/grant-sdk';
import { CallFrame, ContractVersion, GrantSubject, Manifest, readByRules } from '@grantway/grant-sdk/contract';
import { BusTrouble, ServiceBus } from '@grantway/platform';
import { OAuthError } from '@grantway/protocol';
import { RegisteredGrant } from '../registered-grant.js';
import { InFlight } from './in-flight.js';

/** Milliseconds kept for our own answer, so that the caller gets it before the gateway gives up on us. */
const MARGIN = 250;
/** Bytes; more is no issuance, and is not even parsed. */
const LARGEST_REPLY = 66_000;

/** A grant in another process. Whatever it does, its caller is answered inside the deadline. */
export class RemoteGrant implements RegisteredGrant {
  readonly remote = true;

  constructor(
    private readonly manifest: Manifest,
    private readonly contract: ContractVersion,
    private readonly bus: ServiceBus,
    private readonly inFlight: InFlight,
    private readonly timeout: number,
  ) {}

  get options(): Manifest {
    return this.manifest;
  }

  get handler(): this {
    return this;
  }

  params(form: ReadonlyMap<string, string>): object {
    return readByRules(this.manifest.params, form);
  }

  async handle(request: TokenRequest<object>, frame: CallFrame): Promise<Issuance> {
    const deadline = Math.min(frame.deadline - MARGIN, Date.now() + this.timeout);
    const question = this.contract.encodeRequest(request, { ...frame, deadline });
    const { slug, contract } = this.manifest;
    try {
      const ask = () => this.bus.request<unknown>(GrantSubject.decide(slug, contract), question, LARGEST_REPLY);
      return this.contract.readReply(this.manifest, await this.inFlight.hold(slug, ask));
    } catch (error) {
      throw error instanceof OAuthError ? error : this.fault(error, frame);
    }
  }

  /** The client is told to come again; what is wrong is ours to read, and nobody's verdict (design section 3). */
  fault(error: unknown, { requestId }: CallFrame): OAuthError {
    const { slug, type } = this.manifest;
    const away = error instanceof BusTrouble && error.kind !== 'fault' && error.kind !== 'refused';
    const fields = { err: error, slug, grant_type: type, request_id: requestId };
    if (away) this.bus.logger.warn(fields, 'grant service gave no answer');
    else this.bus.logger.error(fields, 'grant service answered with what nobody may use');
    return new OAuthError('temporarily_unavailable', { reason: away ? 'grant.silent' : 'grant.fault', retryAfter: 1 });
  }
}
