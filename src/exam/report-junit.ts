/**
 * The report of an exam as JUnit XML, a test suite for each question: what CI systems read. What could not be checked
 * is an error, not a failure. Source: https://github.com/testmoapp/junitxml
 */
import { printable } from '../shared/printable.ts';
import type { CheckReport, ExamReport } from './report-schema.ts';

export function reportJunit(report: ExamReport): string {
  const suites = report.questions.map(({ number, drill, checks, seconds }) => {
    const count = (state: CheckReport['state']) => checks.filter(each => each.state === state).length;
    const head = `<testsuite name="${escaped(`${number} ${drill}`)}" tests="${checks.length}" failures="${count('failed')}" errors="${count('could-not-check')}" time="${seconds}">`;
    return [`  ${head}`, ...checks.map(check => testCase(drill, check)), '  </testsuite>'].join('\n');
  });
  const { id, candidate } = report;
  const name = candidate === undefined ? `exam ${id}` : `exam ${id}, ${candidate}`;
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    `<testsuites name="${escaped(name)}" time="${report.seconds}">`,
    ...suites,
    '</testsuites>',
    '',
  ].join('\n');
}

function testCase(drill: string, { id, title, state, expected, found, why }: CheckReport): string {
  const open = `    <testcase classname="${escaped(drill)}" name="${escaped(`${id}: ${title}`)}"`;
  if (state === 'passed') return `${open}/>`;
  const inner =
    state === 'failed'
      ? `<failure message="${escaped(`expected ${expected}, found ${found}`)}"/>`
      : `<error message="${escaped(`could not check: ${why}`)}"/>`;
  return `${open}>${inner}</testcase>`;
}

const ENTITIES: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };

/** XML 1.0 has no control characters, no halves of surrogate pairs, no U+FFFE and no U+FFFF, not even escaped. */
function escaped(text: string): string {
  return printable(text.replace(/[\p{Cc}\ufffe\uffff]/gu, ' ')).replace(
    /[&<>"]/g,
    each => ENTITIES[each] ?? '',
  );
}
