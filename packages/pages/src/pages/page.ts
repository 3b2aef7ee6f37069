import type { PageModel } from '@grantway/contracts';
import type { ComponentType } from 'preact';

/** One page: what the tab says, and what stands in the document. */
export interface Page<Model extends PageModel> {
  readonly title: (model: Model) => string;
  readonly Body: ComponentType<{ model: Model }>;
}
