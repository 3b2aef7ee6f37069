import { Tickets } from './tickets.js';

/** What the grant's constructor asks for. A factory, so that what it throws (no TICKET_KEY) is one clear line at the start. */
export const providers = [{ provide: Tickets, useFactory: () => new Tickets(process.env['TICKET_KEY']) }];
