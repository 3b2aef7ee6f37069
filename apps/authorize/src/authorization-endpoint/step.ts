import { AuthorizeContext } from './authorize-context.js';

/** One check of the authorization endpoint. It fills in its part of the context or throws an OAuthError. */
export abstract class Step {
  abstract run(context: AuthorizeContext): Promise<void> | void;
}
