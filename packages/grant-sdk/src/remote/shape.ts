import { isStorable } from '@grantway/protocol';
import { ValidateBy, ValidateIf, validateSync } from 'class-validator';
import { wireNames } from '../params.js';

/** What another process said does not fit the contract. Names the place, never the value. */
export class Malformed extends Error {
  override readonly name = 'Malformed';

  /**
   * @param place what may be logged of what a stranger said
   * @param rule for who wrote it themselves
   */
  constructor(
    readonly place: string,
    rule?: string,
  ) {
    super(rule === undefined ? `${place} is malformed` : `${place}: ${rule}`);
  }
}

export type Plain = Readonly<Record<string, unknown>>;

export function isPlain(value: unknown): value is Plain {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/**
 * A checked instance of `type`, which declares every name it may have; one name more is malformed, `__proto__` too.
 * @throws Malformed
 */
export function shape<T extends object>(type: new () => T, value: unknown, place: string): T {
  if (!isPlain(value)) throw new Malformed(place);
  const known = wireNames(type);
  const stranger = Object.keys(value).find((name) => !known.includes(name));
  if (stranger !== undefined) throw new Malformed(`${place}.${stranger.slice(0, 40).replace(/[^\w.-]/g, '?')}`);
  const typed = Object.assign(new type(), value);
  const [problem] = validateSync(typed, { stopAtFirstError: true });
  if (problem) throw new Malformed(`${place}.${problem.property}`);
  // What is not there is left out, as in everything we pass on.
  for (const name of known) if (Reflect.get(typed, name) === undefined) Reflect.deleteProperty(typed, name);
  return typed;
}

/** May be left out; unlike `IsOptional`, `null` is not leaving out. */
export function MayMiss(): PropertyDecorator {
  return ValidateIf((_object, value) => value !== undefined);
}

/** A JSON object; its own shape is checked by who reads it. */
export function IsPlain(): PropertyDecorator {
  return check('isPlain', isPlain);
}

export function IsListOf(fits: (entry: unknown) => boolean, most: number): PropertyDecorator {
  return check('isListOf', (value) => Array.isArray(value) && value.length <= most && value.every(fits));
}

/** One line of any script; what a database or a log could choke on is refused. */
const TEXT = /^[^\p{Cc}\p{Cs}]+$/u;

export function isText(most: number): (value: unknown) => boolean {
  return (value) => typeof value === 'string' && value.length <= most && TEXT.test(value);
}

export function IsText(most: number): PropertyDecorator {
  return check('isText', isText(most));
}

const INSTANT = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/;

/** As `Date.toISOString` writes it, and no other way. */
export function IsInstant(): PropertyDecorator {
  return check('isInstant', (value) => {
    if (typeof value !== 'string' || !INSTANT.test(value)) return false;
    const date = new Date(value);
    return !Number.isNaN(date.getTime()) && date.toISOString() === value;
  });
}

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

export function isUuid(value: unknown): value is string {
  return typeof value === 'string' && UUID.test(value);
}

export function IsId(): PropertyDecorator {
  return check('isId', isUuid);
}

const FORBIDDEN = new Set(['__proto__', 'constructor', 'prototype']);

/** Members and entries; beyond it a value is no issuance and no manifest, however small they are. */
const MOST_NODES = 2_000;

/**
 * JSON of bounded size, depth and number of values, without names that could reach a prototype and text that could not be stored.
 *
 * @param size characters as JSON
 */
export function isTame(value: unknown, size: number, depth: number): boolean {
  return isShallow(value, depth, { left: MOST_NODES }) && JSON.stringify(value).length <= size;
}

function isShallow(value: unknown, depth: number, nodes: { left: number }): boolean {
  nodes.left -= 1;
  if (nodes.left < 0) return false;
  if (typeof value === 'number') return Number.isFinite(value);
  if (typeof value === 'string') return isStorable(value);
  if (value === null || typeof value === 'boolean') return true;
  if (typeof value !== 'object' || depth === 0) return false;
  if (!Array.isArray(value) && Object.keys(value).some((name) => FORBIDDEN.has(name) || !isStorable(name)))
    return false;
  return Object.values(value).every((entry) => isShallow(entry, depth - 1, nodes));
}

function check(name: string, validate: (value: unknown) => boolean): PropertyDecorator {
  return ValidateBy({ name, validator: { validate } });
}
