import { TokenVerifier } from '@grantway/token-signing';
import { Injectable } from '@nestjs/common';
import { AuthorizeContext } from '../authorize-context.js';
import { Step } from '../step.js';

/** OIDC Core §3.1.2.1: whom the client believes to be there. A hint we did not issue to this client fits nobody. */
@Injectable()
export class CheckHint extends Step {
  constructor(private readonly verifier: TokenVerifier) {
    super();
  }

  async run(context: AuthorizeContext): Promise<void> {
    const { client, environment, issuer, params } = context;
    const hint = params.get('id_token_hint');
    if (hint === undefined) return;
    const claims = await this.verifier.verify(hint, {
      environmentId: environment.id,
      issuer,
      purpose: 'id_token_hint',
    });
    const forThisClient = claims !== undefined && [claims.aud].flat().includes(client.id);
    context.hintedSubject = (forThisClient && claims.sub) || '';
  }
}
