import { randomUUID } from 'node:crypto';
import { Tickets } from './tickets.js';

// For trying the grant: `npm run -s ticket -- ENVIRONMENT CLIENT USER SCOPE…` prints a ticket that is good for five minutes.
// In earnest the system that decides about tickets signs them.

const FIVE_MINUTES = 5 * 60_000;

const [environment, client, user, ...scopes] = process.argv.slice(2);
if (!environment || !client || !user || scopes.length === 0) {
  console.error('npm run -s ticket -- ENVIRONMENT CLIENT USER SCOPE…');
  process.exit(2);
}
const expires = Date.now() + FIVE_MINUTES;
const ticket = { id: randomUUID(), environment, client, user, scope: scopes.join(' '), expires };
try {
  console.log(new Tickets(process.env['TICKET_KEY']).sign(ticket));
} catch (error) {
  console.error((error as Error).message);
  process.exit(1);
}
