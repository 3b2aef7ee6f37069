/** The form in which a person changes the request before it is sent. */
import { h } from '../ui/dom.js';

/** @typedef {import('./protocol.js').Settings} Settings */

/**
 * `onchange` is called at once, and then for each change that is valid.
 *
 * @param {{ scope: string, resourceNote?: string | undefined }} defaults
 * @param {{ onchange: (settings: Settings) => void, onstart: (settings: Settings) => void }} listeners
 */
export function settingsForm(defaults, { onchange, onstart }) {
  const scope = h(
    'textarea',
    { id: 'scope', name: 'scope', rows: 2, autocomplete: 'off', autocapitalize: 'none', spellcheck: 'false' },
    defaults.scope,
  );
  const prompt = select('prompt', [
    ['', 'Not sent'],
    ['none', 'none: ask nothing'],
    ['login', 'login: sign in anew'],
    ['consent', 'consent: ask anew'],
  ]);
  const responseMode = select('response_mode', [
    ['', 'Not sent'],
    ['query', 'query: after the ?'],
    ['fragment', 'fragment: after the #'],
  ]);
  const maxAge = h('input', {
    id: 'max_age',
    name: 'max_age',
    inputmode: 'numeric',
    placeholder: 'Not sent',
    autocomplete: 'off',
  });

  const start = h('button', { id: 'start', class: 'button primary' }, 'Sign in with Grantway');
  const form = h(
    'form',
    { class: 'settings', novalidate: true },
    field(
      'Scope',
      scope,
      ['Separated by spaces. offline_access asks for a refresh token.', defaults.resourceNote]
        .filter(Boolean)
        .join(' '),
      'wide',
    ),
    field('Prompt', prompt),
    field('Response mode', responseMode),
    field('Max age in seconds', maxAge),
    h('p', { class: 'actions wide' }, start),
  );

  /** @type {() => Settings | undefined} */
  function read() {
    const words = scope.value.split(/\s+/).filter(Boolean);
    // RFC 6749 §3.3: printable ASCII without quotation marks and backslashes.
    const scopeProblem = words.every((word) => /^[\x21\x23-\x5b\x5d-\x7e]+$/.test(word))
      ? ''
      : 'A scope is plain ASCII, without quotation marks or backslashes.';
    const maxAgeProblem = /^\s*\d{0,9}\s*$/.test(maxAge.value) ? '' : 'A whole number of seconds, or nothing.';
    complain(scope, scopeProblem);
    complain(maxAge, maxAgeProblem);
    if (scopeProblem || maxAgeProblem) return undefined;

    const seconds = maxAge.value.trim();
    return {
      scope: words.join(' '),
      prompt: prompt.value,
      responseMode: responseMode.value,
      ...(seconds && { maxAge: Number(seconds) }),
    };
  }

  const change = () => {
    const settings = read();
    if (settings) onchange(settings);
  };
  change();
  form.addEventListener('input', change);
  form.addEventListener('submit', (event) => {
    event.preventDefault();
    const settings = read();
    if (settings) onstart(settings);
    else [scope, maxAge].find((control) => control.hasAttribute('aria-invalid'))?.focus();
  });

  return form;
}

/** @type {(label: string, control: HTMLElement, hint?: string, width?: string) => HTMLElement} */
function field(label, control, hint, width = '') {
  const hintId = `${control.id}-hint`;
  const problemId = `${control.id}-problem`;
  control.setAttribute('aria-describedby', hint ? `${hintId} ${problemId}` : problemId);
  return h(
    'div',
    { class: `field ${width}` },
    h('label', { for: control.id }, label),
    control,
    hint && h('p', { class: 'hint', id: hintId }, hint),
    h('p', { class: 'problem', id: problemId }),
  );
}

/** @type {(control: HTMLElement, problem: string) => void} */
function complain(control, problem) {
  if (problem) control.setAttribute('aria-invalid', 'true');
  else control.removeAttribute('aria-invalid');
  const place = control.parentElement?.querySelector('.problem');
  if (place) place.textContent = problem;
}

/** @type {(name: string, options: [value: string, text: string][]) => HTMLSelectElement} */
function select(name, options) {
  return h('select', { id: name, name }, ...options.map(([value, text]) => h('option', { value }, text)));
}
