import { DEFAULT_LIFETIMES, Lifetimes } from '@grantway/domain';
import { Check, entries } from './check.js';

/** A pair of which the first may not outlive the second. */
const PAIRS = [
  ['refreshIdle', 'refreshAbsolute'],
  ['sessionIdle', 'sessionAbsolute'],
  ['backchannel', 'backchannelMost'],
] as const satisfies readonly (readonly [keyof Lifetimes, keyof Lifetimes])[];

export const checkLifetimes: Check = ({ lifetimes = {} }, reading) => {
  for (const [first, second] of PAIRS) {
    // Where one is unreadable there is nothing to compare: its default is not what was meant.
    if ([first, second].some((key) => reading.has(['lifetimes', key]) && lifetimes[key] === undefined)) continue;
    const values = {
      first: lifetimes[first] ?? DEFAULT_LIFETIMES[first],
      second: lifetimes[second] ?? DEFAULT_LIFETIMES[second],
    };
    if (values.first <= values.second) continue;
    const culprit = lifetimes[first] === undefined ? second : first;
    reading.fail(
      ['lifetimes', culprit],
      `${first} (${values.first}) must not be longer than ${second} (${values.second})`,
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
