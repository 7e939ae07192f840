import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { installIstio } from '../../src/cluster/providers/kind/commands.ts';
import { ofWorld } from '../../src/cluster/providers/world-images.ts';
import { imageSettings, withFlags } from '../../src/shared/image-settings.ts';
import { worldNames } from '../../src/world/names.ts';
import { worldObjects } from '../../src/world/objects.ts';
import { unreadable } from '../support/faults.ts';

let data: string;
beforeEach(() => {
  data = mkdtempSync(join(tmpdir(), 'images-'));
});
afterEach(() => rmSync(data, { recursive: true, force: true }));

describe('the images that are used', () => {
  it('are those of the environment, else those that were told by flags before', () => {
    const { path, text } = withFlags(data, { curl: 'reg.example/curl:8', istioHub: 'reg.example/istio' });
    writeFileSync(path, text);
    writeFileSync(path, withFlags(data, { istioTag: '1.30.1' }).text);
    expect(imageSettings(data, { ISTIO_TUTOR_CURL_IMAGE: 'other/curl' })).toEqual({
      ...{ curl: 'other/curl', istioHub: 'reg.example/istio', istioTag: '1.30.1' },
    });
    expect(readFileSync(path, 'utf8')).toBe(
      'curl: reg.example/curl:8\nistioHub: reg.example/istio\nistioTag: 1.30.1\n',
    );
  });

  it('keep what a person has written beside them, and are not written over unread', () => {
    const path = join(data, 'images.yaml');
    writeFileSync(path, '# ask Ana before you change these\ncurl: a/b # the mirror\n');
    expect(withFlags(data, { curl: 'c/d', istioTag: '1.30.1' }).text).toBe(
      '# ask Ana before you change these\ncurl: c/d # the mirror\nistioTag: 1.30.1\n',
    );
    rmSync(path);
    unreadable(path);
    expect(() => withFlags(data, { curl: 'c/d' })).toThrow(/images.yaml cannot be read/);
  });

  it('are refused with where they were said', () => {
    expect(() => imageSettings(data, { ISTIO_TUTOR_CURL_IMAGE: 'a b' })).toThrow(
      'ISTIO_TUTOR_CURL_IMAGE "a b" cannot be used.',
    );
    expect(() => withFlags(data, { istioTag: ':x' })).toThrow('--istio-tag ":x" cannot be used.');
    writeFileSync(join(data, 'images.yaml'), 'kurl: x\n');
    expect(() => imageSettings(data, {})).toThrow(/images.yaml does not say which images to use/);
  });

  it('reach istioctl and the pods of the world', () => {
    const { args } = installIstio('/k', { istioHub: 'reg.example/istio', istioTag: '1.30.1' }, '/f.yaml');
    expect(args.join(' ')).toContain(
      '-f /f.yaml --set hub=reg.example/istio --set tag=1.30.1 --kubeconfig /k',
    );
    const images = ofWorld({ curl: 'reg.example/curl:8', server: 'reg.example/node:22' });
    const certificates = { ca: '', server: { cert: '', key: '' }, client: { cert: '', key: '' } };
    const ips = { stableIP: '', canaryIP: '', payIP: '', catalogIP: '' };
    const objects = worldObjects(worldNames(), { fenced: true, images }, { certificates, ips } as never);
    const used = JSON.stringify(objects).match(/"image":"[^"]+"/g);
    expect(new Set(used)).toEqual(new Set(['"image":"reg.example/node:22"', '"image":"reg.example/curl:8"']));
  });
});
