import { diagnose } from '../../cluster/doctor.ts';
import { diagnosisText } from '../../cluster/doctor-text.ts';
import { Ended } from '../exit.ts';
import type { GlobalOptions } from '../globals.ts';
import { printJson, stdout } from '../print/out.ts';
import { paint } from '../print/paint.ts';
import { interruptSignal } from '../process/interrupt.ts';

export async function doctor(options: GlobalOptions): Promise<void> {
  const diagnosis = await diagnose({ contexts: true, signal: interruptSignal() });
  const styles = { good: 'green', bad: 'red', note: 'yellow', dim: 'dim' } as const;
  if (options.json) printJson(diagnosis);
  else stdout.write(diagnosisText(diagnosis, (text, as) => paint(options, styles[as], text)));
  const { sandbox, kind, contexts } = diagnosis;
  if (!sandbox && !kind && contexts.every(context => context.state !== 'istio')) throw new Ended(3);
}
