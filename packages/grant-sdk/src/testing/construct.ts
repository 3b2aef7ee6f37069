import 'reflect-metadata';
import type { GrantHandler } from '../grant-handler.js';

/** What a constructor asks for and what it is given: `[[Codes, new MemoryCodes()]]`, or a Map of the same. */
export type Provided = Iterable<readonly [token: unknown, value: unknown]>;

export type GrantClass = new (...args: never[]) => GrantHandler<object>;

/** Where Nest's `@Inject` keeps what it was told, by the place of the argument. */
const INJECTED = 'self:paramtypes';

/**
 * Injects by the constructor's types and by `@Inject`, as Nest does.
 * @throws Error naming what is not provided
 */
export function construct<Made>(type: new (...args: never[]) => Made, provided: Provided): Made {
  const known = new Map(provided);
  const types: unknown[] = Reflect.getMetadata('design:paramtypes', type) ?? [];
  const injected: { index: number; param: unknown }[] = Reflect.getMetadata(INJECTED, type) ?? [];
  const args = Array.from({ length: Math.max(type.length, types.length) }, (_, at) => {
    const token = injected.find(({ index }) => index === at)?.param ?? types[at];
    if (token === undefined) {
      throw new Error(
        `argument ${at + 1} of ${type.name} has no type at run time: compile with emitDecoratorMetadata, or use @Inject`,
      );
    }
    if (!known.has(token)) throw new Error(`${type.name} needs ${nameOf(token)}: give it in \`provide\``);
    return known.get(token);
  });
  return new type(...(args as never[]));
}

export function nameOf(token: unknown): string {
  return typeof token === 'function' ? token.name : String(token);
}
