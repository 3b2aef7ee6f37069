import { ClientEntry } from '../sections/client.section.js';
import { Draft } from '../shape/shape.js';
import { ClientIndex } from './client-index.js';
import { ScopeIndex } from './scope-index.js';

export type Fault = readonly [path: readonly (string | number)[], message: string];
export type ClientKey = keyof ClientEntry;

export interface Question {
  readonly client: Draft<ClientEntry>;
  /** The file has this key for the client, readable or not. */
  readonly has: (key: ClientKey, ...inner: string[]) => boolean;
  /** A hole is an empty text. */
  readonly grantTypes: readonly string[];
  readonly environmentGrantTypes: readonly string[] | undefined;
  readonly scopes: ScopeIndex;
  readonly clients: ClientIndex;
  readonly demo: boolean;
  /** Undefined where it cannot be read. */
  readonly privateAddresses: boolean | undefined;
}

/** One rule: what is wrong with one client, relative to it. */
export type Rule = (question: Question) => Iterable<Fault>;
