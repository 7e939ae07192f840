/** An error in drawing ends the program in order, like any other crash. Around every root: on-terminal.ts mounts it. */
import { Component, type ReactNode } from 'react';

interface Props {
  crash(error: unknown): void;
  readonly children: ReactNode;
}

export class CrashGuard extends Component<Props, { broken: boolean }> {
  override state = { broken: false };
  static getDerivedStateFromError() {
    return { broken: true };
  }
  override componentDidCatch(error: unknown) {
    this.props.crash(error);
  }
  override render() {
    return this.state.broken ? null : this.props.children;
  }
}
