/** What one process says at `/metrics`. */
export class MetricsPage {
  private constructor(readonly text: string) {}

  static async of(healthUrl: string): Promise<MetricsPage> {
    const answer = await fetch(`${healthUrl}/metrics`);
    if (answer.status !== 200) throw new Error(`no metrics: ${answer.status}`);
    return new MetricsPage(await answer.text());
  }

  /** The metrics by name, each with what it says it is. */
  get helps(): ReadonlyMap<string, string> {
    return new Map([...this.text.matchAll(/^# HELP (\S+) (.*)$/gm)].map(([, name = '', help = '']) => [name, help]));
  }

  /** The names of the labels that stand at a metric's lines here. */
  labelsOf(name: string): ReadonlySet<string> {
    const lines = this.text.matchAll(new RegExp(`^${name}(?:_bucket|_sum|_count)?\\{(.*)\\} \\S+$`, 'gm'));
    return new Set(
      [...lines].flatMap(([, labels = '']) => [...labels.matchAll(/(\w+)="/g)].map(([, label = '']) => label)),
    );
  }

  /** The sum of a metric's lines that carry these labels; undefined when there is none. */
  value(name: string, labels: Readonly<Record<string, string>> = {}): number | undefined {
    const wanted = Object.entries(labels).map(([label, value]) => `${label}="${value}"`);
    const values = [...this.text.matchAll(new RegExp(`^${name}(?:\\{(.*)\\})? (\\S+)$`, 'gm'))]
      .filter(([, found = '']) => wanted.every((each) => found.includes(each)))
      .map(([, , value]) => Number(value));
    return values.length === 0 ? undefined : values.reduce((sum, value) => sum + value, 0);
  }
}

/** The metrics that a PromQL expression asks for, each with the labels it asks for there. */
export function metricsIn(expression: string): { readonly name: string; readonly labels: string[] }[] {
  return [...expression.matchAll(/\b((?:grantway|process|nodejs)_\w+)(?:\{([^}]*)\})?/g)].map(
    ([, name = '', labels = '']) => ({
      name: name.replace(/_(?:bucket|sum|count)$/, ''),
      labels: [...labels.matchAll(/(\w+)\s*(?:=~|!~|!=|=)/g)].map(([, label = '']) => label),
    }),
  );
}
