import { IntrospectionCallers } from './introspection-callers.js';
import { IntrospectionEndpoint } from './introspection-endpoint.js';
import { RefreshTokenIntrospection } from './refresh-token-introspection.js';
import { RefreshTokenReader } from './refresh-token-reader.js';

export const INTROSPECTION_PROVIDERS = [
  RefreshTokenReader,
  RefreshTokenIntrospection,
  IntrospectionCallers,
  IntrospectionEndpoint,
];
