/**
 * The report of an exam as JUnit XML, a test suite for each question: what CI systems read. What could not be checked
 * is an error, not a failure. Source: https://github.com/testmoapp/junitxml
 */
import { xmlText } from '../shared/xml.ts';
import type { CheckReport, ExamReport } from './report-schema.ts';

export function reportJunit(report: ExamReport): string {
  const suites = report.questions.map(({ number, drill, checks, seconds }) => {
    const count = (state: CheckReport['state']) => checks.filter(each => each.state === state).length;
    const head = `<testsuite name="${xmlText(`${number} ${drill}`)}" tests="${checks.length}" failures="${count('failed')}" errors="${count('could-not-check')}" time="${seconds}">`;
    return [`  ${head}`, ...checks.map(check => testCase(drill, check)), '  </testsuite>'].join('\n');
  });
  const { id, candidate } = report;
  const name = candidate === undefined ? `exam ${id}` : `exam ${id}, ${candidate}`;
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    `<testsuites name="${xmlText(name)}" time="${report.seconds}">`,
    ...suites,
    '</testsuites>',
    '',
  ].join('\n');
}

function testCase(drill: string, { id, title, state, expected, found, why }: CheckReport): string {
  const open = `    <testcase classname="${xmlText(drill)}" name="${xmlText(`${id}: ${title}`)}"`;
  if (state === 'passed') return `${open}/>`;
  const inner =
    state === 'failed'
      ? `<failure message="${xmlText(`expected ${expected}, found ${found}`)}"/>`
      : `<error message="${xmlText(`could not check: ${why}`)}"/>`;
  return `${open}>${inner}</testcase>`;
}
