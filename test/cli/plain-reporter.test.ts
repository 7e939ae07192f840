import { describe, expect, it } from 'vitest';
import { problemJson, problemText } from '../../src/cli/plain-reporter.ts';
import { asTutorError, ToolError, UserError } from '../../src/shared/errors.ts';

const silent = new ToolError({
  what: 'Docker does not answer.',
  why: 'Docker is not running; start it.',
  detail: 'Cannot connect to the Docker daemon.\nIs the docker daemon running?',
  next: ['sudo systemctl start docker', 'istio-tutor doctor'],
});

describe('a problem in plain text', () => {
  it("says what, why, the tool's own words, and what to type", () => {
    expect(problemText(silent, { color: false, ascii: false })).toMatchInlineSnapshot(`
      "✗ Docker does not answer.
        Docker is not running; start it.

          Cannot connect to the Docker daemon.
          Is the docker daemon running?

        Try   sudo systemctl start docker
              istio-tutor doctor
      "
    `);
  });

  it('needs no character beyond ASCII', () => {
    const text = problemText(new UserError({ what: 'No.', next: [] }), { color: false, ascii: true });
    expect(text).toBe('x No.\n');
  });

  it('shows where a mistake of ours came from with --verbose', () => {
    const error = asTutorError(new TypeError('boom'));
    expect(problemText(error, { color: false, ascii: false })).not.toContain('TypeError');
    expect(problemText(error, { color: false, ascii: false }, true)).toContain('TypeError: boom');
  });
});

describe('a problem as JSON', () => {
  it('is one document with the same content', () => {
    expect(JSON.parse(problemJson(silent))).toEqual({
      error: { kind: 'ToolError', exitCode: 3, ...silent.problem },
    });
  });
});
