import { expectStatus, formPost, textsOf } from './answers.js';
import { refreshTokenOf, SignedOn } from './authorization-code.js';
import type { Workload } from './workload.js';

export const W4: Workload = {
  ...{ id: 'W4', meaning: 'refresh with rotation, access and ID token', connections: 32 },
  async open(target, connection, n) {
    const person = new SignedOn(target, connection, n);
    let refreshToken = refreshTokenOf(await person.redeem(await person.signIn()));
    return {
      async next() {
        const form = { grant_type: 'refresh_token', refresh_token: refreshToken };
        refreshToken = refreshTokenOf(await connection.send(formPost(target.token, person.client, form)));
      },
    };
  },
};

export const W5: Workload = {
  ...{ id: 'W5', meaning: 'exchange of a code, with ID token', connections: 32 },
  async open(target, connection, n) {
    const person = new SignedOn(target, connection, n);
    refreshTokenOf(await person.redeem(await person.signIn()));
    const codes: string[] = [];
    return {
      async stock(requests) {
        while (codes.length < requests) codes.push(await person.code());
      },
      async next() {
        const code = codes.pop();
        if (code === undefined) throw new Error('no code left');
        refreshTokenOf(await person.redeem(code));
      },
    };
  },
};

export const W8: Workload = {
  ...{ id: 'W8', meaning: 'a whole sign-in, to the tokens', connections: 16 },
  async open(target, connection, n) {
    const person = new SignedOn(target, connection, n);
    return {
      async next() {
        refreshTokenOf(await person.redeem(await person.signIn()));
      },
    };
  },
};

export const W10: Workload = {
  ...{ id: 'W10', meaning: 'pushed request and its authorization, signed on', connections: 32 },
  async open(target, connection, n) {
    const person = new SignedOn(target, connection, n);
    await person.signIn();
    const pushed = formPost(target.pushedRequest, person.client, person.request());
    return {
      async next() {
        const { request_uri } = textsOf(expectStatus(await connection.send(pushed), 201), 'request_uri');
        await person.code({ client_id: person.client.id, request_uri });
      },
    };
  },
};
