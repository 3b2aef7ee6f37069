export * from './gateway.config.js';
export * from './gateway.module.js';
export * from './http-server.js';
