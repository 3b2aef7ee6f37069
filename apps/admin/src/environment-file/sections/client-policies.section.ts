import { BackchannelPolicy, DevicePolicy, ExchangePolicy, ParPolicy } from '@grantway/domain';
import { canonicalResponseType, isKnownResponseType, RESPONSE_TYPES } from '@grantway/protocol';
import { listOfTexts, map } from '../shape/collections.js';
import { oneOf, seconds, text, yesOrNo } from '../shape/scalars.js';
import { Shape } from '../shape/shape.js';
import { didYouMean } from '../suggestion.js';
import { clientId, pathId, webAddress } from './names.js';

const words = `one of ${RESPONSE_TYPES.map((type) => `\`${type}\``).join(', ')}, the words in any order`;
const written = text(words, (value) =>
  isKnownResponseType(canonicalResponseType(value))
    ? undefined
    : `is not one of ${RESPONSE_TYPES.join(', ')}${didYouMean(value, RESPONSE_TYPES)}`,
);

/** Multiple Response Types §3: a set of words; what is kept is its sorted spelling. */
export const responseType: Shape<string> = {
  words,
  read(cursor) {
    const value = written.read(cursor);
    return value === undefined ? undefined : canonicalResponseType(value);
  },
};

export const par = map<Partial<ParPolicy>>('a map of rules for pushed requests', {
  required: {
    shape: yesOrNo(),
    meaning: 'Refuses authorization requests that were not pushed.',
    otherwise: '`false`; the environment may say so too',
  },
  lifetime: { shape: seconds(1, 600), meaning: 'How long a pushed request waits.', otherwise: "the environment's" },
});

export const device = map<Partial<DevicePolicy>>('a map of rules for devices', {
  pathId: {
    shape: pathId,
    meaning: 'The last segment of the address of its own device page.',
    otherwise: "none; people go to the environment's page",
  },
  verificationUri: {
    shape: webAddress,
    meaning: "A page of the client's own that people are sent to instead.",
    otherwise: "the environment's page or the client's",
  },
  lifetime: { shape: seconds(1, 3_600), meaning: 'How long a device waits.', otherwise: "the environment's" },
  interval: { shape: seconds(1, 60), meaning: 'The least time between two polls.', otherwise: "the environment's" },
  refresh: {
    shape: yesOrNo(),
    meaning: 'Devices get refresh tokens, once `offline_access` was allowed too.',
    otherwise: '`false`',
  },
});

export const backchannel = map<Partial<BackchannelPolicy>>('a map of rules for backchannel requests', {
  delivery: {
    shape: oneOf(['poll', 'ping', 'push'] as const),
    meaning: 'How it learns of the answer.',
    otherwise: '`poll`',
  },
  notificationEndpoint: { shape: webAddress, meaning: 'Where ping and push go.', otherwise: 'none' },
  userCode: {
    shape: yesOrNo(),
    meaning: 'People must give the code they set for such requests.',
    otherwise: '`false`',
  },
  signedRequests: {
    shape: yesOrNo(),
    meaning: 'Only signed requests are taken (CIBA Core §7.1.1).',
    otherwise: '`false`',
  },
});

export const exchange = map<Partial<ExchangePolicy>>('a map of rules for token exchange', {
  impersonation: {
    shape: yesOrNo(),
    meaning: 'It may become the subject without being named as the actor.',
    otherwise: '`false`',
  },
  allowedDelegators: {
    shape: listOfTexts('a list of client ids', clientId),
    meaning: 'Clients that may exchange tokens issued to this one.',
    otherwise: 'itself alone',
  },
});
