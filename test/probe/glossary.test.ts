import { describe, expect, it } from 'vitest';
import { CURL_EXITS, curlExitSentence } from '../../src/probe/curl-exits.ts';
import { entriesIn, entryOf, entryText, GLOSSARY } from '../../src/probe/glossary/glossary.ts';
import { RESPONSE_FLAGS } from '../../src/probe/response-flags.ts';

const idsIn = (text: string) => entriesIn(text).map(each => each.id);

describe('the glossary', () => {
  it('has every response flag that the program knows, with its meaning first', () => {
    for (const { flag, name, sentence } of RESPONSE_FLAGS) {
      expect(entryOf(flag)).toMatchObject({ title: `${flag}, ${name}` });
      expect(entryOf(flag)?.text.startsWith(sentence)).toBe(true);
    }
  });

  it('has every exit code of curl, with its meaning first', () => {
    expect(CURL_EXITS.length).toBeGreaterThan(50);
    for (const exit of CURL_EXITS)
      expect(entryOf(`exit ${exit}`)?.text.startsWith(curlExitSentence(exit))).toBe(true);
  });

  it.each(GLOSSARY.map(each => [each.id, each] as const))(
    'tells %s in two to four sentences, and where it has them from',
    (_, entry) => {
      const sentences = entry.text.split(/(?<=[.])\s+(?=[A-Z`]|curl|istiod)/);
      expect(sentences.length, entry.text).toBeGreaterThanOrEqual(2);
      expect(sentences.length, entry.text).toBeLessThanOrEqual(4);
      expect(entry.source).toMatch(/^https:\/\/(www\.envoyproxy\.io|istio\.io|curl\.se)\/\S+$/);
      expect(entryText(entry)).toContain(entry.source);
    },
  );

  it('has each id once', () => {
    const ids = GLOSSARY.map(each => each.id.toLowerCase());
    expect(new Set(ids).size).toBe(ids.length);
  });

  it.each([
    ['sni', 'SNI, '],
    ['SNI', 'SNI, '],
    ['filter chain', 'filter chain'],
    ['Filter-Chain', 'filter chain'],
    ['uf', 'UF, UpstreamConnectionFailure'],
    ['exit code 35', 'exit code 35'],
    ['35', 'exit code 35'],
  ])('finds %s', (word, title) => {
    expect(`${entryOf(word)?.title}, `.startsWith(title)).toBe(true);
  });

  it('has nothing of what it does not know', () => {
    expect(entryOf('toString')).toBeNull();
    expect(entryOf('')).toBeNull();
  });

  it('sees what occurs in a text, and no part of another word in it', () => {
    expect(idsIn('503, flag UF,URX')).toEqual(['UF', 'URX']);
    expect(idsIn('curl: (35) wrong version number')).toEqual(['35']);
    expect(idsIn('exit 3  22 ms')).toEqual(['3']);
    expect(idsIn('two listeners, three subsets')).toEqual(['subset']);
    expect(idsIn('ABUFC and NRX and clustered')).toEqual([]);
  });
});
