/** What validation asks of the protocol that a port names. */
import * as protocol from '../protocol.ts';
import type { ProblemText } from './report.ts';

const named = (text: string | undefined) => protocol.parseProtocol(text ?? '');

export const namesHttp = (text: string | undefined): boolean => protocol.isHttp(named(text));
export const namesTls = (text: string | undefined): boolean => protocol.isTls(named(text));
/** Everything over TCP that is no HTTP; TLS is. */
export const namesTcp = (text: string | undefined): boolean => protocol.isTcp(named(text));
export const isKnownProtocol = (text: string | undefined): boolean => named(text) !== 'Unsupported';

/** An empty one is sniffed. */
export const protocolProblem = (text: string | undefined): ProblemText =>
  !text || isKnownProtocol(text) ? null : `unsupported protocol: ${text}`;
