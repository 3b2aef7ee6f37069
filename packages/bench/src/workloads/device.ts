import { setTimeout as sleep } from 'node:timers/promises';
import { SCOPES, television } from '../installation.js';
import { expectStatus, formPost, textsOf } from './answers.js';
import type { Workload } from './workload.js';

/** Longer than the 5 seconds after which a device may ask again (RFC 8628 §3.2). */
const INTERVAL = 5_500;

/** Of one connection: Grantway lets a client have a thousand undecided ones. Each waits its interval. */
const DEVICES = 900;

export const W9: Workload = {
  ...{ id: 'W9', meaning: 'polling of a device, pending', connections: 32 },
  async open(target, connection, n) {
    const client = television(n);
    const waiting: { code: string; from: number }[] = [];
    return {
      most: DEVICES,
      async stock(requests) {
        while (waiting.length < requests) {
          const started = await connection.send(formPost(target.deviceAuthorization, client, { scope: SCOPES.es256 }));
          waiting.unshift({ code: textsOf(expectStatus(started, 200), 'device_code').device_code, from: 0 });
        }
        await sleep(Math.max(0, (waiting[requests - 1]?.from ?? 0) - Date.now()));
      },
      async next() {
        const device = waiting.shift();
        if (!device) throw new Error('no device left');
        const early = device.from - Date.now();
        if (early > 0) throw new Error(`all devices have just asked: the next may in ${early} ms`);
        const form = { grant_type: 'urn:ietf:params:oauth:grant-type:device_code', device_code: device.code };
        const { text } = expectStatus(await connection.send(formPost(target.token, client, form)), 400);
        if (!text.includes('authorization_pending')) throw new Error(`not pending: ${text}`);
        waiting.push({ code: device.code, from: Date.now() + INTERVAL });
      },
    };
  },
};
