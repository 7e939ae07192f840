/** The keys as presses, for the root. A bracketed paste is one press, whatever is in it. */
import { useInput } from 'ink';
import { useRef } from 'react';
import { type Press, pressReader } from './press.ts';

/** `suspend`: what Ctrl-Z does, everywhere. */
export function usePresses(onPress: (press: Press) => void, suspend: () => void): void {
  const read = useRef(pressReader()).current;
  useInput((input, key) => {
    for (const press of read(input, key)) {
      if (press.ctrl && press.name === 'z') suspend();
      else onPress(press);
    }
  });
}
