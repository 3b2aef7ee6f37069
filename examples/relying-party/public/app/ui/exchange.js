/** One request and its reply, as they went over the wire. */
import { folded, jsonBlock } from './code.js';
import { h } from './dom.js';
import { codeValue, definitionList, parameterRows } from './parameters.js';

/** @type {(exchange: import('../server.js').Exchange, title?: string) => Node[]} */
export function exchange({ method, url, form, status, body, by, authorization }, title) {
  const rows = parameterRows(form);
  if (authorization) {
    rows.unshift({
      name: 'Authorization',
      value: codeValue(authorization),
      words: 'Who is asking, with the secret. It stays in the backend; here are dots.',
    });
  }
  const [, id] = /^Basic (.*):/.exec(authorization ?? '') ?? [];
  const sent = by === 'backend' ? `What the backend sent as ${id}` : 'What the client sent';
  return [
    folded(
      title ?? sent,
      h('p', { class: 'request-line' }, h('code', {}, `${method} ${url}`)),
      rows.length
        ? definitionList(rows)
        : h('p', { class: 'small' }, 'With the access token in the Authorization header.'),
    ),
    jsonBlock(`Reply, HTTP ${status}`, body || '(empty)'),
  ];
}
