import { TokenContext } from './token-context.js';

/** One stage of the token endpoint. It fills in its part of the context or throws an OAuthError. */
export abstract class Step {
  abstract run(context: TokenContext): Promise<void> | void;
}
