/** Source: pkg/config/validation/agent/validation.go (ValidateDuration). */
import { parseDuration } from '../duration.ts';
import type { Duration } from '../types.ts';
import type { ProblemText } from './report.ts';

/** An unparseable duration never gets here: it is refused when the object is decoded. */
export function durationProblem(duration: Duration | undefined): ProblemText {
  if (duration === undefined) return null;
  const nanoseconds = parseDuration(duration) ?? 0;
  if (nanoseconds < 1e6) return 'duration must be greater than 1ms';
  return nanoseconds % 1e6 === 0 ? null : 'only durations to ms precision are supported';
}
