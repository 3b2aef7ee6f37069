import {
  CallFrame,
  encodeRequest,
  GrantSubject,
  Issuance,
  Manifest,
  readByRules,
  readReply,
  TokenRequest,
} from '@grantway/grant-sdk';
import { BusTrouble, ServiceBus } from '@grantway/platform';
import { OAuthError } from '@grantway/protocol';
import { RegisteredGrant } from '../registered-grant.js';

/** Milliseconds kept for our own answer, so that the caller gets it before the gateway gives up on us. */
const MARGIN = 250;

/** A grant in another process. Whatever it does, its caller is answered inside the deadline. */
export class RemoteGrant implements RegisteredGrant {
  readonly remote = true;

  constructor(
    private readonly manifest: Manifest,
    private readonly bus: ServiceBus,
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
    const question = encodeRequest(request, { ...frame, deadline });
    try {
      const reply = await this.bus.request<unknown>(GrantSubject.decide(this.manifest.slug), question);
      return readReply(this.manifest, reply);
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
