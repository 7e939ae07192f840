/** How each tool is installed on this system, and how Docker is started: one sentence and one command each. */
import { readFileSync } from 'node:fs';
import { arch, platform } from 'node:os';

export type System = 'macos' | 'linux' | 'wsl' | 'windows';
export type Tool = 'docker' | 'kind' | 'istioctl' | 'kubectl' | 'curl';

export interface Remedy {
  /** One sentence. */
  readonly say: string;
  /** What to type. */
  readonly command: string;
}

/** Which of the systems that we have instructions for this is. WSL is a Linux whose kernel says so. */
function thisSystem(): System {
  if (platform() === 'darwin') return 'macos';
  if (platform() === 'win32') return 'windows';
  try {
    return /microsoft/i.test(readFileSync('/proc/sys/kernel/osrelease', 'utf8')) ? 'wsl' : 'linux';
  } catch {
    return 'linux';
  }
}

const IN_WSL: Remedy = {
  say: 'istio-tutor runs in WSL 2 on Windows; open a Linux shell there and start again.',
  command: 'wsl --install',
};

/** How to install a tool that is not there. */
export function installRemedy(tool: Tool, system: System = thisSystem(), machine: string = arch()): Remedy {
  if (system === 'windows') return IN_WSL;
  const cpu = machine === 'arm64' ? 'arm64' : 'amd64';
  const mac = system === 'macos';
  switch (tool) {
    case 'docker':
      if (mac) {
        return {
          say: 'Install Docker Desktop and start it once.',
          command: 'brew install --cask docker && open -a Docker',
        };
      }
      if (system === 'wsl') {
        return {
          say: 'Install Docker Desktop in Windows and switch on Settings > Resources > WSL integration.',
          command: 'winget.exe install Docker.DockerDesktop',
        };
      }
      return {
        say: 'Install Docker from your distribution, or with its own script.',
        command: 'curl -fsSL https://get.docker.com | sudo sh',
      };
    case 'kind':
      return {
        say: 'kind runs Kubernetes in Docker; it is one file.',
        command: mac
          ? 'brew install kind'
          : `curl -fLo kind https://github.com/kubernetes-sigs/kind/releases/latest/download/kind-linux-${cpu} && sudo install kind /usr/local/bin/`,
      };
    case 'istioctl':
      return {
        say: 'istioctl installs Istio into the cluster; it is one file.',
        command: mac
          ? 'brew install istioctl'
          : 'curl -fsSL https://istio.io/downloadIstioctl | sh - && sudo install ~/.istioctl/bin/istioctl /usr/local/bin/',
      };
    case 'curl':
      return {
        say: 'curl sends the calls in the sandbox; on a cluster it is in the pod.',
        command: mac ? 'brew install curl' : 'sudo apt-get install curl',
      };
    case 'kubectl':
      return {
        say: 'kubectl is only needed to work from a second terminal.',
        command: mac
          ? 'brew install kubectl'
          : `curl -fLO "https://dl.k8s.io/release/$(curl -fsL https://dl.k8s.io/release/stable.txt)/bin/linux/${cpu}/kubectl" && sudo install kubectl /usr/local/bin/`,
      };
  }
}

/** What to do when the docker command is there but gets no answer; `words` are what it said. */
export function dockerSilentRemedy(words: string, system: System = thisSystem()): Remedy {
  if (/permission denied/i.test(words)) {
    return {
      say: 'This user may not talk to Docker; join its group and log in again.',
      command: 'sudo usermod -aG docker "$USER" && newgrp docker',
    };
  }
  if (system === 'macos') return { say: 'Docker is not running; start it.', command: 'open -a Docker' };
  if (system === 'wsl') {
    return {
      say: 'Docker is not running; start Docker Desktop in Windows, with WSL integration switched on.',
      command: 'docker version',
    };
  }
  return { say: 'Docker is not running; start it.', command: 'sudo systemctl start docker' };
}
