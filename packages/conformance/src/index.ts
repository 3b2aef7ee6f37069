/** What plays the other side: applications, people, devices, tills and receivers, for whoever else looks from the street. */
export { App, type Tokens } from './support/app.js';
export { Approver, type Asked, aTill, CIBA, requestId, Till } from './support/ciba.js';
export { assertionClaims, assertionForm, ClientKey } from './support/client-jwt.js';
export { ask, giveBack } from './support/companions.js';
export { answerDevice, DEVICE_CODE, Device, enterCode, type Started } from './support/device.js';
export { type EnvironmentFile, ordinary, SECRET } from './support/environments.js';
export { eventually } from './support/eventually.js';
export { ACCESS_TOKEN, EXCHANGE, withEveryGrant } from './support/every-grant.js';
export { idOf } from './support/families.js';
export { Answer, basic, postForm, request, sendingAlso } from './support/http.js';
export { Person } from './support/person.js';
export { push, pushedUrl } from './support/pushed.js';
export { type Received, Receiver } from './support/receiver.js';
