import { describe, expect, it } from 'vitest';
import { follow, type SidecarState, type SidecarView } from '../../src/probe/in-effect.ts';
import { refusalsIn } from '../../src/probe/refusals-in-log.ts';
import { ScriptedClock } from './scripted-clock.ts';

const BEFORE: SidecarState = { content: 'old', version: 'v1', warming: [], rejected: 0, refused: [] };

/** A sidecar to which things happen at given milliseconds. A look takes as long as one does. */
class Sidecar implements SidecarView {
  readonly clock = new ScriptedClock();
  state: SidecarState = { ...BEFORE };
  words: string[] = [];
  broken = false;
  slow = 100;

  at(ms: number, change: Partial<SidecarState>): this {
    this.clock.at(ms, () => {
      this.state = { ...this.state, ...change };
    });
    return this;
  }

  async look(): Promise<SidecarState> {
    await this.clock.wait(this.slow);
    if (this.broken) throw new Error('the pod is gone');
    return this.state;
  }

  async rejections(): Promise<number> {
    return this.state.rejected;
  }

  async refusals(): Promise<readonly string[]> {
    return this.words;
  }

  follow() {
    return follow(this, BEFORE, this.clock);
  }
}

describe('a change', () => {
  it('is in effect when its content is there and has settled', async () => {
    const sidecar = new Sidecar().at(180, { content: 'new', version: 'v2' });
    const effect = await sidecar.follow();
    expect(effect).toMatchObject({ kind: 'in-effect' });
    expect(effect).toHaveProperty('seconds', expect.closeTo(0.25, 1));
    expect(sidecar.clock.now()).toBeLessThan(800);
  });

  it('that comes in pieces counts from the last', async () => {
    const sidecar = new Sidecar()
      .at(100, { content: 'clusters' })
      .at(350, { content: 'clusters and routes' });
    expect(await sidecar.follow()).toEqual({ kind: 'in-effect', seconds: 0.4 });
  });

  it('that means nothing here is unchanged, a second after the quiet began', async () => {
    const sidecar = new Sidecar();
    expect(await sidecar.follow()).toMatchObject({ kind: 'unchanged', seconds: expect.closeTo(1, 0) });
    expect(sidecar.clock.now()).toBeGreaterThanOrEqual(1000);
    expect(sidecar.clock.now()).toBeLessThan(1300);
  });

  it('is known at the first look where the configuration is in step with the API', async () => {
    const changed = new Sidecar().at(0, { content: 'new', inStep: true });
    expect(await changed.follow()).toEqual({ kind: 'in-effect', seconds: 0.1 });
    const nothing = new Sidecar().at(0, { inStep: true });
    expect(await nothing.follow()).toEqual({ kind: 'unchanged', seconds: 0.1 });
  });

  it('is waited for a second longer when istiod has pushed', async () => {
    const sidecar = new Sidecar().at(700, { version: 'v2' });
    expect(await sidecar.follow()).toMatchObject({ kind: 'unchanged' });
    expect(sidecar.clock.now()).toBeGreaterThanOrEqual(1700);
  });

  it('is waited for longer on a machine that is slow to answer', async () => {
    const sidecar = new Sidecar().at(1500, { content: 'new' });
    sidecar.slow = 350;
    expect(await sidecar.follow()).toMatchObject({ kind: 'in-effect' });
  });

  it('is not in effect while it is warming', async () => {
    const name = 'outbound|443||api.safedata-zone.io';
    const sidecar = new Sidecar().at(100, { content: 'new', warming: [name] }).at(1200, { warming: [] });
    expect(await sidecar.follow()).toMatchObject({ kind: 'in-effect' });
    expect(sidecar.clock.now()).toBeGreaterThanOrEqual(1200);
    const stuck = new Sidecar().at(100, { warming: [name] });
    expect(await stuck.follow()).toMatchObject({ kind: 'not-yet', seconds: expect.closeTo(5, 0) });
  });

  it('that the sidecar refuses is told in its words', async () => {
    const counted = new Sidecar().at(200, { version: 'v2', rejected: 1 });
    counted.words = ['Error adding/updating listener(s) 0.0.0.0_80: no such filter', 'no such filter'];
    expect(await counted.follow()).toEqual({
      kind: 'refused-by-sidecar',
      why: 'Error adding/updating listener(s) 0.0.0.0_80: no such filter',
    });
    const silent = new Sidecar().at(200, { rejected: 1 });
    expect(await silent.follow()).toMatchObject({
      kind: 'refused-by-sidecar',
      why: expect.stringContaining('does not say why'),
    });
    const held = new Sidecar().at(200, { content: 'new', refused: ['duplicate listener'] });
    expect(await held.follow()).toEqual({ kind: 'refused-by-sidecar', why: 'duplicate listener' });
  });

  it('is followed into the pod that comes after', async () => {
    const sidecar = new Sidecar();
    sidecar.broken = true;
    sidecar.clock.at(600, () => {
      sidecar.broken = false;
      sidecar.state = { ...BEFORE, content: 'new' };
    });
    expect(await sidecar.follow()).toMatchObject({ kind: 'in-effect' });
  });

  it('cannot be followed in a sidecar that stays out of reach', async () => {
    const sidecar = new Sidecar();
    sidecar.broken = true;
    await expect(sidecar.follow()).rejects.toThrow('the pod is gone');
    expect(sidecar.clock.now()).toBeGreaterThanOrEqual(5000);
  });
});

describe("Envoy's log of refusals", () => {
  it('is cut down to the reason', () => {
    const text = `2026-11-23T12:37:55.459112Z\twarning\tenvoy config delta_subscription_state.cc:282\tdelta config for type.googleapis.com/envoy.config.listener.v3.Listener rejected: Error adding/updating listener(s) 0.0.0.0_80: Didn't find a registered implementation for 'istio.alpn'\tthread=16
[2026-11-23T12:37:56.000Z] "GET / HTTP/1.1" 200 - via_upstream - "-"
2026-11-23T12:37:57.000000Z\tinfo\tads\tADS: new connection`;
    expect(refusalsIn(text.split('\n'))).toEqual([
      "Error adding/updating listener(s) 0.0.0.0_80: Didn't find a registered implementation for 'istio.alpn'",
    ]);
  });

  it('of a printed resource has its reason behind it', () => {
    const text = `2026-11-23T12:36:29.994375Z\twarning\tenvoy config\tdelta config for type.googleapis.com/envoy.config.cluster.v3.Cluster rejected: goo.gle/debugstr   
name: "outbound|80||web"
outlier_detection {
  max_ejection_percent {
    value: 400
  }
}
: Proto constraint validation failed (MaxEjectionPercent: value must be less than or equal to 100)\tthread=16
2026-11-23T12:36:30.000000Z\tinfo\tads\tPush failed to be something else`;
    expect(refusalsIn(text.split('\n'))).toEqual([
      'Proto constraint validation failed (MaxEjectionPercent: value must be less than or equal to 100)',
    ]);
  });

  it('of a printed part has its reason before or behind it', () => {
    const cluster = `2026-11-23T12:36:29.994375Z\twarning\tenvoy config\tdelta config for type.googleapis.com/envoy.config.cluster.v3.Cluster rejected: Error adding/updating cluster(s) web: goo.gle/debugonly   
sni: "aaa"
: Proto constraint validation failed (Sni: value length must be at most 255 bytes)\tthread=16
2026-11-23T12:36:29.994375Z\twarning\tenvoy config\tdelta config for type.googleapis.com/envoy.config.route.v3.RouteConfiguration rejected: Invalid duration: Expected positive duration: goo.gle/debugproto 
seconds: -1
\tthread=16`;
    expect(refusalsIn(cluster.split('\n'))).toEqual([
      'Error adding/updating cluster(s) web: Proto constraint validation failed (Sni: value length must be at most 255 bytes)',
      'Invalid duration: Expected positive duration',
    ]);
  });

  it('is empty where nothing was refused', () => {
    expect(refusalsIn(['2026-11-23T12:36:30.000000Z\tinfo\tads\tADS: new connection'])).toEqual([]);
  });
});
