import { scopeWords } from '../words/scope-words.js';
import { Foreign } from './name.js';

interface ScopeListProps {
  readonly scopes: readonly { readonly name: string; readonly description: string }[];
}

/** What a client asks for, all of it in sight: a person who must scroll inside a box agrees to what they did not see. */
export function ScopeList({ scopes }: ScopeListProps) {
  return (
    <ul class="scopes">
      {scopes.map((scope) => {
        const words = scopeWords(scope);
        return (
          <li key={scope.name}>
            <Foreign text={words.title} />
            {words.detail && <span class="detail">{words.detail}</span>}
            {words.code && (
              <span class="detail">
                <code>
                  <Foreign text={words.code} />
                </code>
              </span>
            )}
          </li>
        );
      })}
    </ul>
  );
}
