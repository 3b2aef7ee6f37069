/**
 * The client library, as it was published. It has no imports, so no bundler is needed: the server answers this address with
 * the file from `node_modules`. With a bundler, write `import * as oauth from 'oauth4webapi'` instead.
 */
export * from '../oauth4webapi.js';
