import { type Answer, Device, eventually, postForm, request, Till } from '@grantway/conformance';
import type { House, Service } from '../house/house.js';
import type { Recipe } from '../recipe.js';
import type { Trial } from '../trial.js';

const STATEFUL = ['authorize', 'token', 'device', 'ciba'] as const satisfies readonly Service[];
const ASKED = 10;

/** @param services that are missed, one after the other */
export const noResponders = (services: readonly (typeof STATEFUL)[number][] = STATEFUL): Recipe => ({
  number: 5,
  title: 'no responders: every replica of one service is killed',
  underLoad: false,
  async run(trial) {
    for (const service of services) await without(trial, service);
  },
});

/** One request for each service. */
function probesOf(house: House): Record<Service | 'metadata', () => Promise<Answer>> {
  const [web, till] = [house.app(), new Till(house.app('till'))];
  return {
    gateway: () => request(`${house.publicUrl}/healthz`),
    authorize: () => request(web.authorizeUrl()),
    token: () => house.app('service').token({ grant_type: 'client_credentials' }),
    device: () => new Device(house.app('console')).request(),
    // Refused before anybody is asked; a verdict of the service is a service.
    ciba: () =>
      postForm(`${web.issuer}/bc-authorize`, { scope: 'openid' }, { authorization: 'Basic none' }).then((answer) =>
        answer.status === 401 ? till.request({ login_hint: 'nobody-of-that-name' }) : answer,
      ),
    metadata: () => request(`${web.issuer}/.well-known/openid-configuration`),
  };
}

async function without(trial: Trial, service: (typeof STATEFUL)[number]): Promise<void> {
  const { house, load } = trial;
  const probes = probesOf(house);
  const ask = async (name: keyof typeof probes) => {
    const from = performance.now();
    const answer = await probes[name]();
    const isAway = answer.status === 503 && Number(answer.headers.get('retry-after')) > 0;
    const outcome = isAway ? 'unavailable' : answer.status < 500 ? 'ok' : 'forbidden';
    load.outcomes.note('probe', name, outcome, `${answer.status} ${answer.text.slice(0, 200)}`);
    return { isAway, took: performance.now() - from };
  };
  // Each gateway remembers what it was told: both have been asked before.
  for (let n = 0; n < 4; n += 1) await ask('metadata');
  await Promise.all(house.both(service).map((each) => each.kill()));
  trial.fault(`SIGKILL of both ${service} processes`);
  try {
    // Until the bus has noticed that they are gone; what a gateway says of it comes a moment after its answer.
    const troubles = async () => {
      house.troubles = {};
      await ask(service);
      return eventually(
        async () => Object.keys(house.troubles),
        ({ length }) => length > 0,
        2,
      );
    };
    await eventually(troubles, (kinds) => kinds.length === 1 && kinds[0] === 'no_responders');
    house.troubles = {};
    const away = [];
    for (let n = 0; n < ASKED; n += 1) away.push(await ask(service));
    const waited = Object.keys(house.troubles).filter((kind) => kind !== 'no_responders');
    const longest = Math.round(Math.max(...away.map(({ took }) => took)));
    trial.claim(
      'I4',
      away.every(({ isAway }) => isAway) && waited.length === 0,
      `without ${service}: ${ASKED} × 503 at once, nobody waited for (longest ${longest} ms)`,
    );
    const others = Object.keys(probes).filter((name) => name !== service) as (keyof typeof probes)[];
    const disturbed = [];
    for (const name of others) if ((await ask(name)).isAway) disturbed.push(name);
    trial.claim(
      'I11',
      disturbed.length === 0,
      `without ${service}: ${others.join(', ')} are served ${disturbed.length > 0 ? `(not: ${disturbed.join(', ')})` : ''}`,
    );
  } finally {
    await Promise.all(house.both(service).map((each) => each.start()));
  }
}
