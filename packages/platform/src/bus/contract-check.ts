import { getMetadataStorage, ValidationTypes } from 'class-validator';

type Rule = (value: unknown, object: object) => boolean;

/** What is asked of one property: nothing, unless every condition holds. */
interface PropertyRules {
  readonly property: string;
  readonly conditions: Rule[];
  readonly demands: Rule[];
}

/**
 * The check of a message against a contract class, read from its decorators once; it accepts exactly what class-validator's own
 * `validateSync` accepts, which looks every rule up again for every message.
 *
 * @throws TypeError for a rule that no contract has used so far (nested classes, `each`, groups, asynchronous ones)
 */
export function contractCheck<Message extends object>(
  contract: new () => Message,
): (message: unknown) => Message | undefined {
  const properties = rulesOf(contract);
  return (message) => {
    if (typeof message !== 'object' || message === null || Array.isArray(message)) return undefined;
    const typed = Object.assign(new contract(), message);
    // A message with a prototype or a constructor of its own is of no class we know.
    if (typed.constructor !== contract) return undefined;
    return properties.length > 0 && properties.every((rules) => holds(rules, typed)) ? typed : undefined;
  };
}

function holds({ property, conditions, demands }: PropertyRules, object: object): boolean {
  const value = (object as Record<string, unknown>)[property];
  return !conditions.every((rule) => rule(value, object)) || demands.every((rule) => rule(value, object));
}

function rulesOf(contract: new () => object): PropertyRules[] {
  const storage = getMetadataStorage();
  const found = new Map<string, PropertyRules>();
  for (const metadata of storage.getTargetValidationMetadatas(contract, '', false, false)) {
    const { type, propertyName: property, constraints, constraintCls, each, validateIf, groups } = metadata;
    const unknown = () => new TypeError(`${contract.name}.${property}: no contract may ask for "${type}" in this way`);
    if (each || validateIf || groups?.length) throw unknown();
    const rules = found.get(property) ?? { property, conditions: [], demands: [] };
    found.set(property, rules);
    if (type === ValidationTypes.CONDITIONAL_VALIDATION) {
      rules.conditions.push((value, object) => Boolean(constraints[0](object, value)));
    } else if (type === ValidationTypes.CUSTOM_VALIDATION) {
      for (const { instance, async } of storage.getTargetValidatorConstraints(constraintCls)) {
        if (async) throw unknown();
        const targetName = contract.name;
        rules.demands.push((value, object) =>
          Boolean(instance.validate(value, { targetName, property, constraints, object, value })),
        );
      }
    } else if (type !== ValidationTypes.WHITELIST) throw unknown(); // `@Allow` asks for nothing.
  }
  return [...found.values()];
}
