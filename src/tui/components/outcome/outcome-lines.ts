/** What became of an apply: each object as the API answered, its warnings and refusals whole, then the effect. */
import { afterText } from '../../../lesson/effect-text.ts';
import { placeText } from '../../../lesson/refusal.ts';
import type { AppliedObject, ApplyOutcome } from '../../../lesson/state.ts';
import type { Effect } from '../../../probe/effect.ts';
import { type Line, line, piece } from '../../text/line.ts';
import { wrap } from '../../text/wrap.ts';
import type { Signs } from '../../theme.ts';

export function outcomeLines(outcome: ApplyOutcome, columns: number, signs: Signs): Line[] {
  const objects = outcome.objects.flatMap(object => objectLines(object, columns, signs));
  return [...objects, ...effectLines(outcome, columns, signs)];
}

function objectLines(object: AppliedObject, columns: number, signs: Signs): Line[] {
  const refused = object.outcome === 'refused';
  const sign = refused ? piece(`${signs.bad} `.padEnd(3), 'bad') : piece(`${signs.good} `.padEnd(3), 'good');
  return [
    ...wrap([sign, piece(object.what), piece(` ${object.outcome}`, refused ? 'bad' : 'plain')], columns, 3),
    ...object.warnings.flatMap(text => wrap([piece('!  ', 'accent'), piece(`Warning: ${text}`)], columns, 3)),
    ...(object.note ? wrap([piece('!  ', 'accent'), piece(object.note)], columns, 3) : []),
    ...(object.refusal ? refusalLines(object.refusal, columns) : []),
  ];
}

function refusalLines(refusal: NonNullable<AppliedObject['refusal']>, columns: number): Line[] {
  const { message } = refusal;
  const place = placeText(refusal);
  return [
    ...message.split('\n').flatMap(text => wrap([piece('   '), piece(text)], columns, 5)),
    ...(place === '' ? [] : wrap([piece('   '), piece(place, 'accent')], columns, 5)),
  ];
}

function effectLines(outcome: ApplyOutcome, columns: number, signs: Signs): Line[] {
  const { effect } = outcome;
  // Without objects the change came from elsewhere, such as kubectl in another terminal.
  if (effect) {
    const what = outcome.objects.length > 0 ? 'accepted' : 'a change';
    const cause = effect.kind === 'refused-by-sidecar' ? effect.cause : undefined;
    return [
      ...wrap(effectLine(effect, signs, what), columns, 3),
      ...(cause === undefined ? [] : wrap([piece('   '), piece(cause)], columns, 3)),
    ];
  }
  const accepted = outcome.objects.some(object => object.outcome !== 'refused');
  if (!accepted) return outcome.objects.length > 0 ? [line('Nothing was changed.', 'dim')] : [];
  return [line('   accepted; following it to the sidecar', 'dim')];
}

const seconds = (value: number) => `${value.toFixed(1)} s`;

/** In the sandbox it is known at once that istiod has nothing more to say. */
const watched = (value: number) => (value < 0.05 ? '' : ` (watched for ${seconds(value)})`);

function effectLine(effect: Effect, signs: Signs, what: string): Line {
  const sign = (text: string) => `${text} `.padEnd(3);
  switch (effect.kind) {
    case 'in-effect':
      return [piece(sign(signs.good), 'good'), piece(`${what}, and in effect ${afterText(effect.seconds)}`)];
    case 'unchanged':
      return [
        piece(sign(signs.open), 'accent'),
        piece(`${what}, but this sidecar's configuration did not change${watched(effect.seconds)}`),
      ];
    case 'refused-by-sidecar':
      return [
        piece(sign(signs.bad), 'bad'),
        piece(`${what}, refused by the sidecar: ${effect.why.replaceAll('\n', '; ')}`),
      ];
    case 'not-yet':
      return [
        piece(sign(signs.open), 'accent'),
        piece(`${what}, not in effect yet after ${seconds(effect.seconds)}; still waiting`),
      ];
  }
}
