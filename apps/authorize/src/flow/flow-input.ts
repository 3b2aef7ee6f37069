import { FlowField, HttpCall } from '@grantway/contracts';

/** What a person gave an action, whichever way it came. */
export interface FlowInput {
  /** Undefined when absent, empty, repeated or no text. */
  text(name: FlowField): string | undefined;
  /** A decision; undefined unless it is plainly one or the other. */
  decision(name: 'accept'): boolean | undefined;
}

export function formInput(call: HttpCall): FlowInput {
  const text = (name: string) => field(call, name);
  return { text, decision: (name) => DECISIONS.get(text(name)) };
}

export function jsonInput({ json = {} }: HttpCall): FlowInput {
  const value = (name: string): unknown => (Object.hasOwn(json, name) ? json[name] : undefined);
  return {
    text: (name) => {
      const text = value(name);
      return typeof text === 'string' && text !== '' ? text : undefined;
    },
    decision: (name) => DECISIONS.get(value(name)),
  };
}

const DECISIONS: ReadonlyMap<unknown, boolean> = new Map<unknown, boolean>([
  ['true', true],
  ['false', false],
  [true, true],
  [false, false],
]);

/** The only value of a form field; undefined when it is absent, empty or repeated. */
export function field(call: HttpCall, name: string): string | undefined {
  const [value, second] = call.form[name] ?? [];
  return second === undefined && value ? value : undefined;
}

/** Those of the fields that were not given. */
export function missingOf(input: FlowInput, ...fields: readonly FlowField[]): FlowField[] {
  return fields.filter((name) => input.text(name) === undefined);
}
