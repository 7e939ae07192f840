/** Text that only grows: what is printed stays, and nothing is printed twice. */
import { Box, Static, Text } from 'ink';
import { useEffect, useRef, useState } from 'react';
import { textOf } from '../../text/line.ts';
import { safeLine } from '../../text/safe.ts';
import type { Look } from '../../theme.ts';
import { type Said, unsaid } from './said.ts';

export function Transcript({ speech, look }: { readonly speech: readonly Said[]; readonly look: Look }) {
  const said = useRef<ReadonlyMap<string, string>>(new Map());
  const [printed, setPrinted] = useState<string[]>([]);
  useEffect(() => {
    const { fresh, said: now } = unsaid(said.current, speech);
    said.current = now;
    if (fresh.length === 0) return;
    const texts = fresh.map(one => one.lines.map(line => textOf(safeLine(line, look.ascii))).join('\n'));
    setPrinted(before => [...before, ...texts]);
  }, [speech, look]);
  return (
    <Box>
      <Static items={printed}>{(text, at) => <Text key={at}>{text}</Text>}</Static>
    </Box>
  );
}
