import { approvalSystem } from './approval-system.js';

const { APPROVALS_TOKEN, PORT = '4100' } = process.env;
if (!APPROVALS_TOKEN) {
  console.error('Set APPROVALS_TOKEN to what may be asked with.');
  process.exit(1);
}
approvalSystem(APPROVALS_TOKEN).listen(Number(PORT), '127.0.0.1', () => {
  console.log(`approvals are given and looked up at http://127.0.0.1:${PORT}`);
});
