import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { PageModel } from '@grantway/contracts';
import { findAsset } from '../assets.js';
import { formPostPolicy, pagePolicy } from '../content-security-policy.js';
import { renderFormPost } from '../render-form-post.js';
import { renderPage } from '../render-page.js';

/** A gateway with one page at `/`: a POST is written down and answered with a redirect, as a flow's is. */
export class PageServer {
  page: PageModel | { readonly page: 'form_post'; readonly action: string; readonly fields: Record<string, string> };
  /** Where a POST is sent on to. */
  onward = '/done';
  readonly posts: Record<string, string>[] = [];

  readonly #server = createServer(async (request, response) => {
    const asset = findAsset(request.url ?? '');
    if (request.method === 'POST') {
      this.posts.push(Object.fromEntries(new URLSearchParams(await bodyOf(request))));
      response.writeHead(303, { location: this.onward }).end();
    } else if (asset) {
      response.writeHead(200, { 'content-type': asset.contentType }).end(asset.body);
    } else if (request.url === '/') {
      const { html, policy } = this.#document();
      response.writeHead(200, { 'content-type': 'text/html', 'content-security-policy': policy }).end(html);
    } else response.writeHead(200, { 'content-type': 'text/html' }).end('<title>elsewhere</title>');
  });

  constructor(page: PageModel) {
    this.page = page;
  }

  async listen(): Promise<this> {
    await new Promise<void>((ready) => this.#server.listen(0, '127.0.0.1', ready));
    return this;
  }

  get origin(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  async close(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((closed) => this.#server.close(closed));
  }

  #document() {
    return this.page.page === 'form_post'
      ? { html: renderFormPost(this.page), policy: formPostPolicy(this.page.action) }
      : { html: renderPage(this.page), policy: pagePolicy(this.page) };
  }
}

async function bodyOf(request: IncomingMessage): Promise<string> {
  let body = '';
  for await (const chunk of request) body += chunk;
  return body;
}
