import type { Client, Environment } from '@grantway/domain';
import { aCall, aClient, anEnvironment } from '@grantway/testing';
import { AuthorizeContext } from '../src/authorization-endpoint/authorize-context.js';
import type { Step } from '../src/authorization-endpoint/step.js';

export const ISSUER = 'https://login.example/acme/as';

export interface Known {
  readonly client?: Client;
  readonly environment?: Environment;
  readonly redirectUri?: string;
  readonly resources?: readonly string[];
  readonly responseType?: AuthorizeContext['responseType'];
}

/** What the steps before have found out of these parameters. */
export function aContext(params: Record<string, string>, known: Known = {}): AuthorizeContext {
  const { client = aClient(), environment = anEnvironment(), redirectUri = 'https://shop.example/callback' } = known;
  const context = new AuthorizeContext(aCall(), environment, ISSUER, {});
  context.params = new Map(Object.entries(params));
  context.client = client;
  context.redirectUri = redirectUri;
  context.resources = known.resources ?? [];
  context.responseType = known.responseType ?? 'code';
  return context;
}

/** How a step ends: with the context it filled, or with the code of its refusal. */
export async function outcome(step: Step, context: AuthorizeContext): Promise<AuthorizeContext | string> {
  try {
    await step.run(context);
    return context;
  } catch (error) {
    return (error as { code?: string }).code ?? String(error);
  }
}
