/**
 * The external commands of this provider, as argument lists and nothing else: everything that istio-tutor does to a
 * machine can be read in this one place. Each names our own kubeconfig; the user's is never touched.
 */
import type { ImageSettings } from '../../../shared/image-settings.ts';

export interface ToolCommand {
  readonly program: 'docker' | 'kind' | 'istioctl';
  readonly args: readonly string[];
}

/** All containers of a kind cluster of this name, whoever made it. Also tells whether Docker answers. */
export function listNodes(name: string): ToolCommand {
  const format = '{{.ID}}\t{{.Names}}\t{{.State}}\t{{.CreatedAt}}';
  const filter = `label=io.x-k8s.kind.cluster=${name}`;
  return { program: 'docker', args: ['ps', '--all', '--no-trunc', '--filter', filter, '--format', format] };
}

export function startNodes(containers: readonly string[]): ToolCommand {
  return { program: 'docker', args: ['start', ...containers] };
}

export function unpauseNodes(containers: readonly string[]): ToolCommand {
  return { program: 'docker', args: ['unpause', ...containers] };
}

export function createCluster(name: string, config: string, kubeconfig: string, image?: string): ToolCommand {
  const args = ['create', 'cluster', '--config', config, '--name', name, '--kubeconfig', kubeconfig];
  return { program: 'kind', args: image === undefined ? args : [...args, '--image', image] };
}

export function exportKubeconfig(name: string, kubeconfig: string): ToolCommand {
  return { program: 'kind', args: ['export', 'kubeconfig', '--name', name, '--kubeconfig', kubeconfig] };
}

export function deleteCluster(name: string, kubeconfig: string): ToolCommand {
  return { program: 'kind', args: ['delete', 'cluster', '--name', name, '--kubeconfig', kubeconfig] };
}

/** Istio's minimal profile is istiod alone, no gateways; the sidecars' access logs go to their stdout. */
export function installIstio(kubeconfig: string, images: ImageSettings, istioFile?: string): ToolCommand {
  const args = ['install', '-y', ...istioSettings(images, istioFile)];
  return { program: 'istioctl', args: [...args, '--kubeconfig', kubeconfig] };
}

/** What would be installed, without asking any cluster. */
export function generateIstio(images: ImageSettings, istioFile?: string): ToolCommand {
  return { program: 'istioctl', args: ['manifest', 'generate', ...istioSettings(images, istioFile)] };
}

function istioSettings({ istioHub, istioTag }: ImageSettings, istioFile: string | undefined): string[] {
  const set = (value: string) => ['--set', value];
  return [
    ...set('profile=minimal'),
    ...set('meshConfig.accessLogFile=/dev/stdout'),
    ...(istioFile === undefined ? [] : ['-f', istioFile]),
    ...(istioHub === undefined ? [] : set(`hub=${istioHub}`)),
    ...(istioTag === undefined ? [] : set(`tag=${istioTag}`)),
  ];
}

/** Fails where the local Docker does not have it. */
export function inspectImage(image: string): ToolCommand {
  return { program: 'docker', args: ['image', 'inspect', '--format', '{{.Id}}', image] };
}

export function loadImage(image: string, name: string): ToolCommand {
  return { program: 'kind', args: ['load', 'docker-image', image, '--name', name] };
}
