import { basic, type Tokens } from '@grantway/conformance';
import { clientOf } from '../../house/environment.js';
import { KeptConnection } from '../kept-connection.js';
import { type Flow, heldBy, type Street } from '../street.js';

/** A machine that keeps one connection straight to a gateway, and asks on it again and again. */
export class RegularFlow implements Flow {
  readonly #connection: KeptConnection;

  constructor(private readonly street: Street) {
    this.#connection = new KeptConnection(street.house.tcpPort);
  }

  async turn(): Promise<void> {
    const { honest, ledger, house } = this.street;
    const { id, secret = '' } = clientOf(house.file, 'service');
    const url = `${house.app(id).issuer}/token`;
    const ask = () => this.#connection.post(url, { grant_type: 'client_credentials' }, basic(id, secret));
    const { answer } = await honest.insist('token', ask);
    if (answer) ledger.received(...heldBy(id, { access_token: answer.json<Tokens>().access_token }));
  }
}
