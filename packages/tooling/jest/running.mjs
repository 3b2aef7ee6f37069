const running = [];

/** Remembers how to end something a global setup started; the newest is ended first. */
export function stopLater(stop) {
  running.push(stop);
}

/** Ends everything started so far, whatever fails on the way. */
export async function stopAll() {
  for (const stop of running.splice(0).reverse()) {
    await stop().catch((error) => console.error(error));
  }
}

/** Runs a global setup. Jest skips the teardown of a setup that failed, so that one cleans up itself. */
export async function setUp(start) {
  try {
    await start();
  } catch (error) {
    await stopAll();
    throw error;
  }
}
