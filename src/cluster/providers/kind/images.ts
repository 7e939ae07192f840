/** Which images a kind cluster of ours pulls, and how those that the local Docker has get into its node. */
import { parseAllDocuments } from 'yaml';
import { ToolError } from '../../../shared/errors.ts';
import type { ImageSettings } from '../../../shared/image-settings.ts';
import type { Progress } from '../../../shared/progress.ts';
import { CURL_IMAGE } from '../../../world/client-deployment.ts';
import { NODE_IMAGE } from '../../../world/servers.ts';
import { generateIstio, inspectImage, loadImage } from './commands.ts';
import { requireTools, runNodeCommand } from './node.ts';
import type { KindSite } from './site.ts';

export interface UsedImage {
  readonly image: string;
  readonly what: string;
}

/** What is pulled into the node besides Kubernetes' own images, which are in the node image. Asks istioctl. */
export async function pulledImages(site: KindSite, signal: AbortSignal): Promise<readonly UsedImage[]> {
  requireTools(['istioctl']);
  const file =
    (site.istioFile.wanted ?? site.record()?.istioFile) === undefined ? undefined : site.istioFile.path;
  const command = generateIstio(site.images, file);
  const { stdout } = await runNodeCommand(command, site.kubeconfig, { signal });
  return [...istioImages(stdout), ...worldImages(site.images)];
}

/** Of the lab world, on any cluster. */
function worldImages({ curl = CURL_IMAGE, server = NODE_IMAGE }: ImageSettings): readonly UsedImage[] {
  return [
    { image: curl, what: 'the client, which sends the calls' },
    { image: server, what: 'the API servers' },
  ];
}

/** istiod's image is in its Deployment; the sidecar's is made up of the injector's hub and tag. */
function istioImages(manifests: string): readonly UsedImage[] {
  const objects = parseAllDocuments(manifests).map(each => each.toJS() as Record<string, unknown> | null);
  const deployments = objects.filter(each => each?.kind === 'Deployment') as {
    spec: { template: { spec: { containers: { image: string }[] } } };
  }[];
  const istiod = deployments.flatMap(each => each.spec.template.spec.containers.map(one => one.image));
  const value = (key: string) => new RegExp(`"${key}": "([^"]+)"`).exec(manifests)?.[1];
  const [hub, tag] = [value('hub'), value('tag')];
  if (istiod.length === 0 || hub === undefined || tag === undefined) {
    throw new ToolError({
      what: 'istioctl does not say which images it installs.',
      why: 'Its manifests have no Deployment, or the injector has no hub and tag.',
      next: ['istioctl manifest generate --set profile=minimal   shows them'],
    });
  }
  return [
    ...istiod.map(image => ({ image, what: 'istiod' })),
    { image: `${hub}/proxyv2:${tag}`, what: 'the sidecars' },
  ];
}

/** Loads what the local Docker has into the node; what it does not have is reported, and left to be pulled. */
export async function preload(site: KindSite, progress: Progress, signal: AbortSignal): Promise<void> {
  const missing: string[] = [];
  for (const { image } of await pulledImages(site, signal)) {
    progress.stage(`Loading ${image} into the node`);
    const there = await runNodeCommand(inspectImage(image), site.kubeconfig, { signal }).then(
      () => true,
      error => {
        if (error instanceof ToolError) return false;
        throw error;
      },
    );
    if (there) {
      await runNodeCommand(loadImage(image, site.name), site.kubeconfig, {
        signal,
        onLine: line => progress.line(line),
      });
    } else missing.push(image);
  }
  if (missing.length > 0)
    progress.note?.(`Not in the local Docker, so the node pulls it: ${missing.join(', ')}`);
}
