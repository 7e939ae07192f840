import { describe, expect, it } from 'vitest';
import { problemJson, problemText } from '../../../src/cli/print/problem.ts';
import { asTutorError, ToolError, UserError } from '../../../src/shared/errors.ts';

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

  it('breaks sentences between words where the terminal ends, and never what is to be typed', () => {
    const what = 'Namespace mesh-network is already there, and istio-tutor did not make it.';
    const why = 'It lacks the label app.kubernetes.io/managed-by=istio-tutor, so nothing is written into it.';
    const next = ['--prefix tutor-   uses other names, here and in every later command'];
    const text = problemText(new UserError({ what, why, next }), { color: false, ascii: true }, false, 40);
    expect(text).toMatchInlineSnapshot(`
      "x Namespace mesh-network is already
        there, and istio-tutor did not make
        it.
        It lacks the label
        app.kubernetes.io/managed-by=istio-tutor,
        so nothing is written into it.
        Try   --prefix tutor-   uses other names, here and in every later command
      "
    `);
  });

  it('needs no character beyond ASCII', () => {
    const text = problemText(new UserError({ what: 'No.', next: [] }), { color: false, ascii: true });
    expect(text).toBe('x No.\n');
  });

  it('tells a limit on open files as such, and how to raise it', () => {
    const error = asTutorError(Object.assign(new Error('EMFILE: too many open files'), { code: 'EMFILE' }));
    const text = problemText(error, { color: false, ascii: false });
    expect(text).toContain('✗ Too many files are open.');
    expect(text).toContain('ulimit -n 1024');
    expect(text).not.toContain('inside istio-tutor');
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
