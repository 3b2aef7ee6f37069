import 'reflect-metadata';
import { GrantHandler } from './grant-handler.js';

export interface GrantOptions<Params> {
  /** Its `grant_type`. */
  readonly type: string;
  /** Its own parameters by their wire names; `scope`, `resource` and client authentication are the pipeline's. */
  readonly params: new () => Params;
  /** `confidential` refuses public clients with `unauthorized_client` (C1). */
  readonly clients: 'any' | 'confidential';
}

const GRANT = Symbol.for('grantway:grant');

/** Makes a class a grant. Typed, so a handler whose params are of another class does not compile. */
export function Grant<Params extends object>(options: GrantOptions<Params>) {
  return <T extends new (...args: never[]) => GrantHandler<Params>>(type: T): T => {
    Reflect.defineMetadata(GRANT, options, type);
    return type;
  };
}

/** What `@Grant` said about a class, or undefined when it is no grant. */
export function grantOptions(type: object): GrantOptions<object> | undefined {
  return Reflect.getMetadata(GRANT, type);
}
