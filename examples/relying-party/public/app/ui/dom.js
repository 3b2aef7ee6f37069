/** Elements without innerHTML: whatever a server sends ends up as text. */

/** @typedef {Node | string | undefined | null | false} Child */

/** @type {<Name extends keyof HTMLElementTagNameMap>(name: Name, attributes?: Record<string, any>, ...children: Child[]) => HTMLElementTagNameMap[Name]} */
export function h(name, attributes = {}, ...children) {
  const element = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) {
    if (value === undefined || value === false) continue;
    if (key.startsWith('on')) element.addEventListener(key.slice(2), value);
    else element.setAttribute(key, value === true ? '' : String(value));
  }
  element.append(...children.filter((child) => child !== undefined && child !== null && child !== false));
  return element;
}

const ICONS = {
  check: 'M5 12.5l4.5 4.5L19 7.5',
  cross: 'M7 7l10 10M17 7L7 17',
  dash: 'M7 12h10',
  arrow: 'M5 12h14M13 6l6 6-6 6',
};

/** @type {(name: keyof typeof ICONS) => SVGElement} */
export function icon(name) {
  const svg = document.createElementNS('http://www.w3.org/2000/svg', 'svg');
  svg.setAttribute('viewBox', '0 0 24 24');
  svg.setAttribute('class', 'icon');
  svg.setAttribute('aria-hidden', 'true');
  const path = document.createElementNS('http://www.w3.org/2000/svg', 'path');
  path.setAttribute('d', ICONS[name]);
  svg.append(path);
  return svg;
}

/** @type {(id: string) => HTMLElement} */
export function byId(id) {
  const element = document.getElementById(id);
  if (!element) throw new Error(`index.html has no #${id}`);
  return element;
}

/** Tells a screen reader what just happened. */
export function announce(/** @type {string} */ text) {
  byId('progress').textContent = text;
}

/** An address as one would type it, which may break before each slash. @type {(url: URL) => Child[]} */
export function addressOf({ host, pathname }) {
  const [, ...segments] = pathname.split('/');
  return [host, ...segments.flatMap((segment) => [h('wbr'), `/${segment}`])];
}
