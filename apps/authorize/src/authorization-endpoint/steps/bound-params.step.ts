import { OAuthError } from '@grantway/protocol';
import { Injectable } from '@nestjs/common';
import { AuthorizeContext } from '../authorize-context.js';
import { isTooLong } from '../parameters.js';
import { Step } from '../step.js';

/** AZ-18: nothing longer than anybody needs. */
@Injectable()
export class BoundParams extends Step {
  run({ params, resources }: AuthorizeContext): void {
    const named = [...params, ...resources.map((resource) => ['resource', resource] as const)];
    const found = named.find(([name, value]) => isTooLong(name, value));
    if (found) throw new OAuthError('invalid_request', { description: `${found[0]} is too long` });
  }
}
