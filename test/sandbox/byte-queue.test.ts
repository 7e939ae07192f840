import { describe, expect, it } from 'vitest';
import { ByteQueue } from '../../src/sandbox/byte-queue.ts';

const MEGABYTE = 1024 * 1024;

describe('bytes on their way', () => {
  it('arrive in order, also what was written before anybody read, up to the end', async () => {
    const queue = new ByteQueue();
    queue.write('a');
    const read = (async () => {
      let text = '';
      for await (const chunk of queue) text += chunk;
      return text;
    })();
    queue.write(Buffer.from('b'));
    queue.end();
    queue.write('late');
    expect(await read).toBe('ab');
  });

  it('make their sender wait while too many of them wait', async () => {
    const queue = new ByteQueue();
    for (let at = 0; at < 5; at++) queue.write(Buffer.alloc(MEGABYTE / 4));
    expect(queue.isFull).toBe(true);
    let waited = true;
    const room = queue.ready().then(() => {
      waited = false;
    });
    const reader = queue[Symbol.asyncIterator]();
    await reader.next();
    expect(waited).toBe(true);
    for (let at = 0; at < 3; at++) await reader.next();
    await room;
    expect(queue.isFull).toBe(false);
  });

  it('let nobody wait when they have ended, or nobody wants them', async () => {
    const gone = new AbortController();
    const queue = new ByteQueue(gone.signal);
    queue.write(Buffer.alloc(2 * MEGABYTE));
    const room = queue.ready();
    gone.abort();
    await room;
    expect(queue.isFull).toBe(false);
  });
});
