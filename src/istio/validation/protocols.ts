/** What validation asks of the protocol that a port names. */
import * as protocol from '../protocol.ts';
import type { ProblemText } from './report.ts';

const named = (text: string | undefined) => protocol.parseProtocol(text ?? '');

export const isHttp = (text: string | undefined): boolean => protocol.isHttp(named(text));
export const isTls = (text: string | undefined): boolean => protocol.isTls(named(text));
/** Everything over TCP that is no HTTP; TLS is. */
export const isTcp = (text: string | undefined): boolean => protocol.isTcp(named(text));
export const isKnownProtocol = (text: string | undefined): boolean => named(text) !== 'Unsupported';

/** An empty one is sniffed. */
export const protocolProblem = (text: string | undefined): ProblemText =>
  !text || isKnownProtocol(text) ? null : `unsupported protocol: ${text}`;
