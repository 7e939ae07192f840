/** Draws lines as Ink text: one row each, roles painted by the theme, nothing wrapped and nothing unsafe. */
import { Box, Text } from 'ink';
import { memo } from 'react';
import { linked } from '../terminal/hyperlinks.ts';
import { type Line, truncate } from '../text/line.ts';
import { safeLine } from '../text/safe.ts';
import { type Look, paint, signs } from '../theme.ts';

interface Props {
  readonly lines: readonly Line[];
  readonly columns: number;
  readonly look: Look;
}

export function Lines({ lines, columns, look }: Props) {
  return (
    <Box flexDirection="column" width={columns}>
      {lines.map((line, row) => (
        // A row is known by where it is: there is nothing else to tell it by.
        // biome-ignore lint/suspicious/noArrayIndexKey: see above
        <Row key={row} line={line} columns={columns} look={look} />
      ))}
    </Box>
  );
}

const Row = memo(function Row({ line, columns, look }: { line: Line; columns: number; look: Look }) {
  const shown = truncate(safeLine(line, look.ascii), columns, signs(look).ellipsis);
  if (shown.length === 0) return <Text> </Text>;
  return (
    <Text wrap="truncate">
      {shown.map((piece, at) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: pieces have no name but their place
        <Text key={at} {...paint(piece, look)}>
          {piece.link !== undefined && look.links ? linked(piece.text, piece.link) : piece.text}
        </Text>
      ))}
    </Text>
  );
});
