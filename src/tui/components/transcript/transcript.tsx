/** Text that only grows: what is printed stays, and nothing is printed twice. */
import { Box, Static, Text } from 'ink';
import { useEffect, useRef, useState } from 'react';
import { textOf } from '../../text/line.ts';
import { safeLine } from '../../text/safe.ts';
import { wrap } from '../../text/wrap.ts';
import type { Look } from '../../theme.ts';
import { type Said, unsaid } from './said.ts';

interface Props {
  readonly speech: readonly Said[];
  readonly columns: number;
  readonly look: Look;
}

export function Transcript({ speech, columns, look }: Props) {
  const said = useRef<ReadonlyMap<string, string>>(new Map());
  const [printed, setPrinted] = useState<string[]>([]);
  useEffect(() => {
    const { fresh, said: now } = unsaid(said.current, speech);
    said.current = now;
    if (fresh.length === 0) return;
    const texts = fresh.map(one =>
      one.lines
        .flatMap(line => wrap(safeLine(line, look.ascii), columns))
        .map(textOf)
        .join('\n'),
    );
    setPrinted(before => [...before, ...texts]);
  }, [speech, columns, look]);
  return (
    <Box>
      <Static items={printed}>{(text, at) => <Text key={at}>{text}</Text>}</Static>
    </Box>
  );
}
