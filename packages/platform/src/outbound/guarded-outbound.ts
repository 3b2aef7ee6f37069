import { lookup } from 'node:dns/promises';
import { request as httpRequest, IncomingMessage } from 'node:http';
import { request as httpsRequest } from 'node:https';
import { isIP, LookupFunction } from 'node:net';
import { Outbound, OutboundReply, OutboundRequest, OutboundTrouble } from '@grantway/domain';
import { kindOfAddress } from './addresses.js';

/** Every address a name has just now. */
export type Resolve = (name: string) => Promise<readonly { address: string; family: number }[]>;

const TIME = 5_000;
const SIZE = 65_536;
/** https on its own port, and the two others that people put it on. */
const PORTS = new Set(['', '8443', '9443']);

/**
 * DR-05: the one way out. A name is resolved once, every address it has is checked, and the connection goes to one of those: a
 * name that gives another answer to the next look-up changes nothing. What comes back is an answer or a trouble whose text
 * tells nothing of the other side, because it may reach whoever named the address.
 */
export class GuardedOutbound extends Outbound {
  constructor(
    private readonly resolve: Resolve = (name) => lookup(name, { all: true }),
    private readonly limits = { milliseconds: TIME, bytes: SIZE },
  ) {
    super();
  }

  async call(request: OutboundRequest): Promise<OutboundReply> {
    const url = checkedUrl(request);
    const deadline = new AbortController();
    const tooLate = new Promise<never>((_resolve, reject) => {
      deadline.signal.onabort = () => reject(new OutboundTrouble('failed', 'no answer in time'));
    });
    const timer = setTimeout(() => deadline.abort(), this.limits.milliseconds);
    try {
      return await Promise.race([this.#ask(url, request, deadline.signal), tooLate]);
    } finally {
      clearTimeout(timer);
    }
  }

  async #ask(url: URL, request: OutboundRequest, signal: AbortSignal): Promise<OutboundReply> {
    const addresses = await this.#addresses(url, request.privateAddresses);
    // A resolver cannot be stopped; what it says too late must not open a connection any more.
    signal.throwIfAborted();
    return this.#exchange(url, request, addresses, signal);
  }

  async #addresses({ hostname }: URL, privateAddresses: boolean) {
    const name = hostname.replace(/^\[|\]$/g, '');
    const family = isIP(name);
    const found = family === 0 ? await this.resolve(name).catch(() => []) : [{ address: name, family }];
    if (found.length === 0) throw new OutboundTrouble('failed', 'the name was not found');
    const isAllowed = ({ address }: { address: string }) => {
      const kind = kindOfAddress(address);
      return kind === 'public' || (kind === 'private' && privateAddresses);
    };
    // One that is not allowed refuses all: a name of somebody who means well has none.
    if (!found.every(isAllowed)) throw new OutboundTrouble('refused', 'the address may not be called');
    return found;
  }

  async #exchange(
    url: URL,
    { method, headers, body, ignoreBody }: OutboundRequest,
    addresses: readonly { address: string; family: number }[],
    signal: AbortSignal,
  ): Promise<OutboundReply> {
    const length = body === undefined ? {} : { 'content-length': Buffer.byteLength(body) };
    const options = {
      method,
      signal,
      headers: { 'user-agent': 'grantway', ...headers, ...length },
      // A connection of its own, to the addresses that were checked; TLS still proves the name.
      agent: false,
      lookup: fixedLookup(addresses),
    };
    const response = await new Promise<IncomingMessage>((resolve, reject) => {
      const send = url.protocol === 'https:' ? httpsRequest : httpRequest;
      send(url, options).on('response', resolve).on('error', reject).end(body);
    }).catch((error: NodeJS.ErrnoException) => {
      // No cause: a parser's error quotes what it could not parse, and a socket's code would look like trouble of ours.
      throw new OutboundTrouble('failed', `no answer (${error.code ?? 'unknown'})`);
    });
    return this.#read(response, ignoreBody === true);
  }

  async #read(response: IncomingMessage, ignoreBody: boolean): Promise<OutboundReply> {
    const headers = Object.entries(response.headers).map(([name, value]) => [name, [value].flat().join(', ')]);
    const body = ignoreBody ? this.#drop(response) : await this.#bodyOf(response);
    return { status: response.statusCode ?? 0, headers: Object.fromEntries(headers), body };
  }

  #drop(response: IncomingMessage): string {
    response.on('error', () => {});
    response.destroy();
    return '';
  }

  async #bodyOf(response: IncomingMessage): Promise<string> {
    const chunks: Buffer[] = [];
    let size = 0;
    try {
      for await (const chunk of response as AsyncIterable<Buffer>) {
        size += chunk.length;
        if (size > this.limits.bytes) break;
        chunks.push(chunk);
      }
    } catch {
      throw new OutboundTrouble('failed', 'the answer broke off');
    }
    if (size > this.limits.bytes) throw new OutboundTrouble('failed', 'the answer is too large');
    return Buffer.concat(chunks).toString('utf8');
  }
}

function checkedUrl({ url: text, privateAddresses }: OutboundRequest): URL {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (!url) throw new OutboundTrouble('refused', 'this is no address');
  const { protocol, port, username, password } = url;
  const isOpen = protocol === 'https:' && PORTS.has(port);
  if (!isOpen && !(privateAddresses && (protocol === 'https:' || protocol === 'http:'))) {
    throw new OutboundTrouble('refused', 'only https is called, on the usual ports');
  }
  if (username || password) throw new OutboundTrouble('refused', 'an address must not hold credentials');
  return url;
}

function fixedLookup(addresses: readonly { address: string; family: number }[]): LookupFunction {
  return (_name, { all }, callback) => {
    const [first = { address: '', family: 0 }] = addresses;
    if (all) callback(null, [...addresses]);
    else callback(null, first.address, first.family);
  };
}
