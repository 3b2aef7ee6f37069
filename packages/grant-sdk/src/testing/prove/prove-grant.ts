import type { GrantClass } from '../construct.js';
import { type GrantCases, type OtherCase, WAIVABLE } from './cases.js';
import { CATALOGUE, FIRST } from './catalogue.js';
import { told } from './outcome.js';
import { Report, type RowResult } from './report.js';
import type { Row } from './row.js';
import { Stage } from './stage.js';
import { NotApplicable, Seen } from './verdicts.js';

/**
 * Proves a grant against the contract: all that the negative catalogue of design section 5 asks of it, in memory.
 *
 * @returns what was found, row by row; `report.assertOk()` in a test, or `console.log(String(report))`
 * @throws Error when the class is no grant, its constructor needs what the cases do not provide, or the cases themselves throw
 */
export async function proveGrant(type: GrantClass, cases: GrantCases): Promise<Report> {
  const stage = new Stage(type, cases);
  // An error in the cases is their author's to see, and no row's failure.
  await stage.open();
  const rows: RowResult[] = [];
  for (const row of FIRST) {
    const stands = rows.every(({ verdict }) => verdict === 'passed');
    rows.push(stands ? await judge(row, stage) : skipped(row));
  }
  const stands = rows.every(({ verdict }) => verdict === 'passed');
  if (stands) await stage.learnFlaw();
  for (const row of [...CATALOGUE, ...(cases.others ?? []).map(rowOf)]) {
    rows.push(stands ? await judge(row, stage) : skipped(row));
  }
  return new Report(`${type.name}, ${stage.declared.type}`, rows);
}

async function judge(row: Row, stage: Stage): Promise<RowResult> {
  const { id, name, spec, why, fix } = row;
  const waivable = WAIVABLE.find((id) => id === row.id);
  const waived = waivable && stage.cases.waive?.[waivable];
  if (waived !== undefined) return { id, name, spec, verdict: 'not applicable', what: `waived: ${waived}` };
  try {
    await row.prove(stage);
    return { id, name, spec, verdict: 'passed', what: '' };
  } catch (error) {
    if (error instanceof NotApplicable) return { id, name, spec, verdict: 'not applicable', what: error.message };
    if (error instanceof Seen)
      return { id, name, spec, verdict: 'failed', what: `${error.message}.`, why, fix: error.fix ?? fix };
    // The first try went well, so it is what the grant returned that nobody could read, or a case that is not always the same.
    const text = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
    return {
      ...{ id, name, spec, verdict: 'failed', why },
      what: `it could not be tried for ${text}.`,
      fix: LOOK_FIRST,
    };
  }
}

const LOOK_FIRST = 'look at the error first: it comes of what the grant returned, or of `good` in the cases.';

function skipped({ id, name, spec }: Row): RowResult {
  return { id, name, spec, verdict: 'not applicable', what: 'not tried, as a good request is not granted' };
}

/** What the author promises of the grant beside the catalogue. */
function rowOf({ name, request, error }: OtherCase): Row {
  return {
    ...{ id: name, name, spec: 'its author' },
    why: 'its author says that it does.',
    fix: 'correct the grant, or the case.',
    async prove(stage) {
      const { redeem } = await stage.open(request);
      const outcome = await redeem();
      const code = outcome.kind === 'refused' ? outcome.error.code : undefined;
      const isPromised = error === undefined ? outcome.kind === 'got' : code === error;
      if (!isPromised) throw new Seen(`${told(outcome)}, and its author says ${error ?? 'it is granted'}`);
    },
  };
}
