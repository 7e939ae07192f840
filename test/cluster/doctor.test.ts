import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, vi } from 'vitest';
import { type Diagnosis, diagnose, firstVersion } from '../../src/cluster/doctor.ts';
import {
  dockerSilentRemedy,
  installRemedy,
  type System,
  type Tool,
} from '../../src/cluster/doctor-install.ts';
import { diagnosisText } from '../../src/cluster/doctor-text.ts';

describe('the doctor', () => {
  it('draws each thing in a line, with what to do where it is missing', () => {
    const diagnosis: Diagnosis = {
      sandbox: true,
      kind: false,
      findings: [
        { id: 'node', state: 'ok', found: '22.1.0', needed: true },
        {
          id: 'docker',
          state: 'missing',
          found: 'installed, but does not answer',
          needed: true,
          remedy: dockerSilentRemedy('', 'linux'),
        },
        {
          id: 'kubectl',
          state: 'missing',
          found: 'not installed',
          needed: false,
          remedy: installRemedy('kubectl', 'macos'),
        },
      ],
      contexts: [
        { name: 'dev', current: true, state: 'istio', istio: '1.29.1' },
        { name: 'prod', current: false, state: 'not-asked' },
      ],
    };
    expect(diagnosisText(diagnosis, text => text)).toMatchInlineSnapshot(`
      "ok       node      22.1.0
      missing  docker    installed, but does not answer
                         Docker is not running; start it.
                         $ sudo systemctl start docker
      optional kubectl   not installed
                         kubectl is only needed to work from a second terminal.
                         $ brew install kubectl

      Contexts of your kubeconfig (--on context=NAME):
        * dev                          Istio 1.29.1
          prod                         not asked: its login runs a command

      The sandbox can be used here: istio-tutor --on sandbox
      kind cannot be used here yet.
      "
    `);
  });

  it.each<[Tool, System, RegExp]>([
    ['kind', 'macos', /^brew install kind$/],
    ['kind', 'linux', /kind-linux-amd64 && sudo install kind/],
    ['istioctl', 'linux', /downloadIstioctl/],
    ['docker', 'wsl', /^winget\.exe install/],
    ['docker', 'windows', /^wsl --install$/],
  ])('tells how to install %s on %s', (tool, system, command) => {
    expect(installRemedy(tool, system, 'x64').command).toMatch(command);
  });

  it('fits the download to the machine', () => {
    expect(installRemedy('kind', 'linux', 'arm64').command).toContain('kind-linux-arm64');
  });

  it('tells a Docker that may not be used from one that does not run', () => {
    const words = 'permission denied while trying to connect to the Docker daemon socket';
    expect(dockerSilentRemedy(words, 'linux').command).toContain('usermod -aG docker');
    expect(dockerSilentRemedy('', 'linux').command).toBe('sudo systemctl start docker');
    expect(dockerSilentRemedy('', 'macos').command).toBe('open -a Docker');
  });

  it.each([
    ['kind v0.30.0 go1.25.0 linux/amd64', 'v0.30.0'],
    ['Client Version: v1.34.4\nKustomize Version: v5.7.1', 'v1.34.4'],
    ['1.31-dev', '1.31-dev'],
    ['client version: unknown', 'client version: unknown'],
  ])('reads the version in %j', (words, version) => {
    expect(firstVersion(words)).toBe(version);
  });

  it('names helm, stern and k9s where they are, and misses none', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'doctor-'));
    const tool = (name: string, script: string) =>
      writeFileSync(join(folder, name), `#!/bin/sh\n${script}\n`, { mode: 0o755 });
    tool('helm', 'echo v3.19.0+g3d8990f');
    tool('k9s', 'exit 1');
    vi.stubEnv('PATH', folder);
    vi.stubEnv('KUBECONFIG', join(folder, 'none'));
    const diagnosis = await diagnose({ contexts: true });
    const quick = await diagnose({ contexts: false });
    vi.unstubAllEnvs();
    rmSync(folder, { recursive: true });
    const lines = diagnosisText(diagnosis, text => text);
    expect(lines).toContain('ok       helm      v3.19.0+g3d8990f\n');
    expect(lines).toContain('warning  k9s       does not start\n');
    expect(lines).not.toContain('stern');
    expect(quick.findings.map(each => each.id)).not.toContain('helm');
  });
});
