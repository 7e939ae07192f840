/** An error in drawing ends the program in order, like any other crash. root.tsx puts it around every screen. */
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
