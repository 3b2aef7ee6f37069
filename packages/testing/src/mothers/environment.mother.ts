export { anEnvironment, aResource } from '@grantway/grant-sdk/testing';
