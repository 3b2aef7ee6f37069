/** A tab for each grant: plain links, so each has an address and the keyboard needs nothing special. */
import { byId, h } from './dom.js';

/** @typedef {import('../flows.js').Flow} Flow */

/** @type {(flow: Flow, base: URL) => URL} */
export function tabAddress({ id }, base) {
  const address = new URL(base);
  if (id !== 'sign-in') address.searchParams.set('flow', id);
  return address;
}

/** @type {(flows: readonly Flow[], open: Flow, base: URL) => void} */
export function showTab(flows, open, base) {
  const links = flows.map((flow) =>
    h(
      'a',
      { href: tabAddress(flow, base).href, 'aria-current': flow === open && 'page', 'data-flow': flow.id },
      flow.tab,
    ),
  );
  byId('tabs').replaceChildren(h('ul', {}, ...links.map((link) => h('li', {}, link))));
  // On a narrow screen the open one may be out of sight.
  links[flows.indexOf(open)]?.scrollIntoView({ inline: 'center', block: 'nearest', behavior: 'instant' });
  byId('title').textContent = open.title;
  byId('lede').textContent = open.lede;
  document.title = `${open.tab} · Playground · Grantway`;
}
