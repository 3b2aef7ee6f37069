import 'reflect-metadata';
import { validateSync } from 'class-validator';

interface EnvField {
  readonly property: string;
  readonly variable: string;
  readonly meaning: string;
}

const FIELDS = Symbol('grantway:env-fields');

/** Binds a config property to an environment variable; the property's initializer is its default. */
export function FromEnv(variable: string, meaning: string): PropertyDecorator {
  return (target, property) => {
    const inherited: EnvField[] = Reflect.getMetadata(FIELDS, target) ?? [];
    Reflect.defineMetadata(FIELDS, [...inherited, { property: String(property), variable, meaning }], target);
  };
}

/** Configuration that cannot be used; names variables, never their values. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError';
}

/**
 * A typed configuration from the environment, validated once.
 * @throws ConfigError naming each missing or malformed variable
 */
export function loadConfig<T extends object>(type: new () => T, env: NodeJS.ProcessEnv = process.env): T {
  const fields = fieldsOf(type);
  const config = new type();
  const defaults = { ...config } as Record<string, unknown>;
  const given: Record<string, string> = {};
  for (const { property, variable } of fields) {
    const value = env[variable];
    if (value === undefined || value === '') continue;
    given[property] = value;
    // A number's default says that it is one; what is no number stays text, and its rule refuses it.
    const isNumber = typeof defaults[property] === 'number' && /^-?\d+(\.\d+)?$/.test(value);
    Object.assign(config, { [property]: isNumber ? Number(value) : value });
  }
  const problems = validateSync(config, { skipMissingProperties: false }).map(({ property, constraints }) => {
    const variable = fields.find((field) => field.property === property)?.variable ?? property;
    const rules = Object.values(constraints ?? {}).map((rule) => rule.replace(property, '').trim());
    return given[property] === undefined ? `${variable} is not set` : `${variable} ${rules.join(', ')}`;
  });
  if (problems.length > 0) throw new ConfigError(`Configuration: ${problems.join('; ')}`);
  return config;
}

/** One row per variable, for the room's README: name, default, meaning. */
export function describeConfig(type: new () => object): { variable: string; default: string; meaning: string }[] {
  const defaults = new type() as Record<string, unknown>;
  return fieldsOf(type).map(({ property, variable, meaning }) => ({
    variable,
    default: defaults[property] === undefined ? '' : String(defaults[property]),
    meaning,
  }));
}

function fieldsOf(type: new () => object): EnvField[] {
  return Reflect.getMetadata(FIELDS, type.prototype) ?? [];
}
