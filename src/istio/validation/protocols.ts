/** What validation needs to know about the protocol named in a port. */
import * as protocol from '../protocol.ts';
import type { ProblemText } from './report.ts';

const named = (text: string | undefined) => protocol.parseProtocol(text ?? '');

export const namesHttp = (text: string | undefined): boolean => protocol.isHttp(named(text));
export const namesTls = (text: string | undefined): boolean => protocol.isTls(named(text));
/** Everything over TCP that is not HTTP, including TLS. */
export const namesTcp = (text: string | undefined): boolean => protocol.isTcp(named(text));
export const isKnownProtocol = (text: string | undefined): boolean => named(text) !== 'Unsupported';

/** An empty protocol is valid: it is sniffed. */
export const protocolProblem = (text: string | undefined): ProblemText =>
  !text || isKnownProtocol(text) ? null : `unsupported protocol: ${text}`;
