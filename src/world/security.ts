/** What our own containers may: only the sidecar's init needs more than the stricter Pod Security levels allow. */

/** No root and no capabilities, as the stricter Pod Security levels want it. */
export function restricted(user: number) {
  return {
    runAsUser: user,
    runAsGroup: user,
    runAsNonRoot: true,
    allowPrivilegeEscalation: false,
    capabilities: { drop: ['ALL'] },
    seccompProfile: { type: 'RuntimeDefault' },
  };
}
