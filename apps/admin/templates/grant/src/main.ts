import { serveGrant } from '@grantway/grant-sdk';
import { __Name__Grant } from './__slug__.grant.js';
import { providers } from './providers.js';

await serveGrant(__Name__Grant, { providers });
