export * from './device.config.js';
export * from './device.module.js';
