import { DEFAULT_LIFETIMES, Lifetimes } from '@grantway/domain';
import { Check, entries } from './check.js';

/** A pair of which the first may not outlive the second. */
const PAIRS = [
  ['refreshIdle', 'refreshAbsolute'],
  ['sessionIdle', 'sessionAbsolute'],
] as const satisfies readonly (readonly [keyof Lifetimes, keyof Lifetimes])[];

export const checkLifetimes: Check = ({ lifetimes = {} }, reading) => {
  for (const [idle, absolute] of PAIRS) {
    // Where one is unreadable there is nothing to compare: its default is not what was meant.
    if ([idle, absolute].some((key) => reading.has(['lifetimes', key]) && lifetimes[key] === undefined)) continue;
    const values = {
      idle: lifetimes[idle] ?? DEFAULT_LIFETIMES[idle],
      absolute: lifetimes[absolute] ?? DEFAULT_LIFETIMES[absolute],
    };
    if (values.idle <= values.absolute) continue;
    const culprit = lifetimes[idle] === undefined ? absolute : idle;
    reading.fail(
      ['lifetimes', culprit],
      `${idle} (${values.idle}) must not be longer than ${absolute} (${values.absolute})`,
    );
  }
};

/** The same for a client, whose missing half is the environment's. */
export const checkClientRefresh: Check = ({ lifetimes = {}, clients }, reading) => {
  for (const [index, { refresh = {} }] of entries(clients)) {
    const path = ['clients', index, 'refresh'];
    const { idle = lifetimes.refreshIdle ?? DEFAULT_LIFETIMES.refreshIdle } = refresh;
    const { absolute = lifetimes.refreshAbsolute ?? DEFAULT_LIFETIMES.refreshAbsolute } = refresh;
    const own = (key: 'idle' | 'absolute') => reading.has([...path, key]);
    if ((!own('idle') && !own('absolute')) || idle <= absolute) continue;
    if ((own('idle') && refresh.idle === undefined) || (own('absolute') && refresh.absolute === undefined)) continue;
    const whose = (key: 'idle' | 'absolute') => (own(key) ? '' : ", the environment's");
    reading.fail(
      [...path, own('idle') ? 'idle' : 'absolute'],
      `idle (${idle}${whose('idle')}) must not be longer than absolute (${absolute}${whose('absolute')})`,
    );
  }
};
