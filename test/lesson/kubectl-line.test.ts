import { describe, expect, it } from 'vitest';
import { type Step, step } from '../../src/course/schema.ts';
import { kubectlLine } from '../../src/lesson/kubectl-line.ts';
import { worldNames } from '../../src/world/names.ts';

const on = { names: worldNames('ana'), folder: '/work/03-rule' };
const line = (fields: object) => kubectlLine(step.parse({ id: 'x', title: 'X', ...fields }) as Step, on);
const apply = (...changes: object[]) => line({ kind: 'apply', changes });

describe('the kubectl line beside a step', () => {
  it('applies what the step applies', () => {
    expect(apply({ apply: 'manifests/a.yaml' }, { apply: 'manifests/b.yaml' })).toBe(
      'kubectl apply -f /work/03-rule/manifests/a.yaml && kubectl apply -f /work/03-rule/manifests/b.yaml',
    );
  });

  it('removes, scales and sets', () => {
    expect(apply({ remove: { kind: 'VirtualService', name: 'x' } })).toBe(
      'kubectl -n mesh-network-ana delete virtualservices x',
    );
    expect(apply({ scale: { deployment: 'safedata-canary', replicas: 0 } })).toBe(
      'kubectl -n outside-ana scale deploy/safedata-canary --replicas=0',
    );
    expect(apply({ env: { deployment: 'safedata-stable', name: 'FIREWALL', value: '403' } })).toBe(
      'kubectl -n outside-ana set env deploy/safedata-stable FIREWALL=403',
    );
    expect(apply({ service: { name: 'catalog', present: false } })).toBe(
      'kubectl -n mesh-network-ana delete service catalog',
    );
  });

  it('is none where no line does the same', () => {
    expect(apply({ service: { name: 'catalog', present: true } })).toBeNull();
    expect(line({ kind: 'read' })).toBeNull();
  });

  it('can be pasted into a shell', () => {
    const call = { curl: ['-H', 'x-tier: gold', 'http://api.safedata-zone.io/?i=[1-4]'] };
    expect(line({ kind: 'probe', call, expect: { code: 200 } })).toBe(
      "kubectl -n mesh-network-ana exec deploy/client -c curl -- curl -sS -H 'x-tier: gold' 'http://api.safedata-zone.io/?i=[1-4]'",
    );
  });

  it('applies the files of a fix, and looks where an inspect step looks', () => {
    const checks = [{ id: 'c', title: 'c', call: { curl: ['http://a/'] }, expect: { code: 200 } }];
    expect(
      line({
        kind: 'fix',
        task: 't',
        files: ['manifests/a.yaml'],
        checks,
        hints: ['h'],
        solution: ['solution/a.yaml'],
      }),
    ).toBe('kubectl apply -f /work/03-rule/a.yaml');
    expect(line({ kind: 'inspect', look: 'object', object: { kind: 'ServiceEntry', name: 'door' } })).toBe(
      'kubectl -n mesh-network-ana get serviceentries door -o yaml',
    );
    expect(line({ kind: 'inspect', look: 'access-log' })).toBe(
      'kubectl -n mesh-network-ana logs deploy/client -c istio-proxy --tail 20',
    );
  });
});
