import { describeAttemptLimits } from '../contracts/attempt-limits.contract.js';
import { describeAuthorizationCodes } from '../contracts/authorization-codes.contract.js';
import { describeAuthorizations } from '../contracts/authorizations.contract.js';
import { describeConfiguration, describeUserDirectory } from '../contracts/configuration.contract.js';
import { describeConsents } from '../contracts/consents.contract.js';
import { describeFlows } from '../contracts/flows.contract.js';
import { describeSessions } from '../contracts/sessions.contract.js';
import { describeSigningKeys } from '../contracts/signing-keys.contract.js';
import { memoryWorld } from '../contracts/world.js';

describeAttemptLimits('memory', memoryWorld);
describeAuthorizationCodes('memory', memoryWorld);
describeAuthorizations('memory', memoryWorld);
describeConfiguration('memory', memoryWorld);
describeConsents('memory', memoryWorld);
describeFlows('memory', memoryWorld);
describeSessions('memory', memoryWorld);
describeSigningKeys('memory', memoryWorld);
describeUserDirectory('memory', memoryWorld);
