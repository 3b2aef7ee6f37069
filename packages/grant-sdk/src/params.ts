import 'reflect-metadata';
import { OAuthError } from '@grantway/protocol';
import { getMetadataStorage, IsOptional, IsString, MaxLength, validateSync } from 'class-validator';

const DEFAULT_MAX = 4_096;

/** A declared parameter as another process may know it. */
export interface ParamRule {
  readonly name: string;
  readonly required: boolean;
  readonly max: number;
}

// Of the registry, as the mark of @Grant: a class that is loaded by GRANTS may have brought an sdk of its own.
const RULES = Symbol.for('grantway:param-rules');

/** A required parameter. An empty one counts as absent (RFC 6749 §3.2), and so as missing. */
export function Param({ max = DEFAULT_MAX }: { max?: number } = {}): PropertyDecorator {
  return (target, property) => declare(target, { name: String(property), required: true, max });
}

/** A parameter a client may leave out. */
export function OptionalParam({ max = DEFAULT_MAX }: { max?: number } = {}): PropertyDecorator {
  return (target, property) => {
    IsOptional()(target, property as string);
    declare(target, { name: String(property), required: false, max });
  };
}

function declare(target: object, rule: ParamRule): void {
  IsString({ message: '$property is missing' })(target, rule.name);
  MaxLength(rule.max, { message: '$property is too long' })(target, rule.name);
  Reflect.defineMetadata(RULES, [...(Reflect.getMetadata(RULES, target) ?? []), rule], target);
}

/** What a class and its parents declare with `@Param` and `@OptionalParam`. */
export function paramRules(type: new () => object): readonly ParamRule[] {
  return Reflect.getMetadata(RULES, type.prototype) ?? [];
}

/** What is read of a class once. */
interface Declared {
  readonly names: readonly string[];
  readonly rules: readonly ParamRule[];
  /** Whether it has rules of its own beside those of `@Param` and `@OptionalParam`. */
  readonly hasMore: boolean;
}

const DECLARED = new WeakMap<object, Declared>();

function declaredOf(type: new () => object): Declared {
  const known = DECLARED.get(type);
  if (known) return known;
  const metadata = getMetadataStorage().getTargetValidationMetadatas(type, '', false, false);
  const rules = paramRules(type);
  const ours = rules.reduce((sum, { required }) => sum + (required ? 2 : 3), 0);
  const names = [...new Set(metadata.map(({ propertyName }) => propertyName))];
  // None at all: its decorators are those of an sdk of its own, whose rules are marked on the class.
  const declared = { names, rules, hasMore: metadata.length > 0 && metadata.length !== ours };
  DECLARED.set(type, declared);
  return declared;
}

/** The parameters a class declares. */
export function wireNames(type: new () => object): readonly string[] {
  return declaredOf(type).names;
}

/**
 * The grant's own parameters out of a whole form; what it did not declare never reaches it (TX-01).
 * @throws OAuthError invalid_request naming what is missing or too long
 */
export function readParams<Params extends object>(type: new () => Params, form: ReadonlyMap<string, string>): Params {
  const { names, rules, hasMore } = declaredOf(type);
  const params = Object.assign(new type(), readByRules(rules, form));
  if (!hasMore) return params;
  for (const name of names) {
    const value = form.get(name);
    if (value !== undefined) Object.assign(params, { [name]: value });
  }
  const [problem] = validateSync(params).flatMap(({ constraints }) => Object.values(constraints ?? {}));
  if (problem !== undefined) throw new OAuthError('invalid_request', { description: problem });
  return params;
}

/** As {@link readParams}, by rules alone: for a grant whose class is in another process. */
export function readByRules(
  rules: readonly ParamRule[],
  form: ReadonlyMap<string, string>,
): Readonly<Record<string, string>> {
  const refuse = (name: string, what: string) =>
    new OAuthError('invalid_request', { description: `${name} is ${what}` });
  const missing = rules.find(({ name, required }) => required && !form.has(name));
  if (missing) throw refuse(missing.name, 'missing');
  const long = rules.find(({ name, max }) => (form.get(name)?.length ?? 0) > max);
  if (long) throw refuse(long.name, 'too long');
  return Object.fromEntries(
    rules.flatMap(({ name }) => {
      const value = form.get(name);
      return value === undefined ? [] : [[name, value]];
    }),
  );
}
