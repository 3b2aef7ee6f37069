/** What a spec looks at in a document of ours. Good for our own markup only: no `>` stands in an attribute, Preact encodes quotes. */
export interface Tag {
  readonly name: string;
  readonly attributes: Readonly<Record<string, string>>;
}

export function tags(html: string, name?: string): Tag[] {
  return [...html.matchAll(/<([a-z][a-z0-9]*)((?:\s+[a-zA-Z:-]+(?:="[^"]*")?)*)\s*\/?>/g)]
    .map(([, tag = '', rest = '']) => ({
      name: tag,
      attributes: Object.fromEntries(
        [...rest.matchAll(/([a-zA-Z:-]+)(?:="([^"]*)")?/g)].map(([, key = '', value = '']) => [key, value]),
      ),
    }))
    .filter((tag) => name === undefined || tag.name === name);
}

/** The field of that name, or a failed test. */
export function field(html: string, name: string): Tag['attributes'] {
  const found = tags(html, 'input').find(({ attributes }) => attributes['name'] === name);
  if (!found) throw new Error(`no input is named ${name}`);
  return found.attributes;
}

/** One list per form: `[name, value]` of what it carries by itself. */
export function hiddenFields(html: string): string[][][] {
  return [...html.matchAll(/<form[\s\S]*?<\/form>/g)].map(([form]) =>
    tags(form, 'input')
      .filter(({ attributes }) => attributes['type'] === 'hidden')
      .map(({ attributes }) => [attributes['name'] ?? '', attributes['value'] ?? '']),
  );
}

/** What a person reads, without the markup. */
export function text(html: string): string {
  return html
    .replace(/^[\s\S]*<body>/, '')
    .replace(/<[^>]*>/g, ' ')
    .replace(/\s+/g, ' ');
}
