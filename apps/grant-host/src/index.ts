export * from './grant-host.config.js';
export * from './grant-host.module.js';
