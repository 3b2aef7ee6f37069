/**
 * Preloaded (`node --import`) into every process we manage: when the parent is gone, even by kill -9, the child drains
 * as after SIGTERM instead of staying behind with its ports and connections.
 */
process.channel?.unref();
process.once('disconnect', () => {
  process.kill(process.pid, 'SIGTERM');
});

export {};
