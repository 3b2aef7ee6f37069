import { scopeWords } from '../words/scope-words.js';

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
            <bdi>{words.title}</bdi>
            {words.detail && <span class="detail">{words.detail}</span>}
            {words.code && (
              <span class="detail">
                <code>{words.code}</code>
              </span>
            )}
          </li>
        );
      })}
    </ul>
  );
}
