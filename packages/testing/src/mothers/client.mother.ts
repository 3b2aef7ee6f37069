export { aClient, aMachineClient, aPublicClient } from '@grantway/grant-sdk/testing';
