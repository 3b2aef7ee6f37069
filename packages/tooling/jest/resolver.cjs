const { existsSync } = require('node:fs');
const { join } = require('node:path');

const COMPILED = /[\\/](?:node_modules|dist)(?:[\\/]|$)/;

/**
 * `./client.js` written in TypeScript means client.ts, or client.tsx, beside it. A moduleNameMapper could not tell who
 * asks, and would look into node_modules and dist as well, where `.js` means `.js`.
 */
module.exports = (request, options) => {
  if (/^\.{1,2}\/.*\.js$/.test(request) && !COMPILED.test(options.basedir)) {
    const written = join(options.basedir, request).slice(0, -'.js'.length);
    for (const source of [`${written}.ts`, `${written}.tsx`]) if (existsSync(source)) return source;
  }
  return options.defaultResolver(request, options);
};
