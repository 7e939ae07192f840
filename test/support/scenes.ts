/** Scenes for tests: one that holds, and the texts that others are made of. */
import { folderWith } from './tiny-course.ts';

type Files = Readonly<Record<string, string>>;

export const ROUTE = `apiVersion: networking.istio.io/v1
kind: VirtualService
metadata:
  name: shop
  namespace: shop
spec:
  hosts: [www.example.com]
  http:
    - match:
        - uri: {prefix: /users}
      route:
        - destination: {host: users.people.svc.cluster.local}
    - route:
        - destination: {host: monolith.shop.svc.cluster.local}
`;

const WORLD = `world:
  clients:
    - {name: web, namespace: web}
  services:
    - {name: users, namespace: people}
    - {name: monolith, namespace: shop}
  hosts:
    - {host: www.example.com, as: internet}
`;

export const CHECKS = `checks:
  - id: users
    title: users are asked for at their service
    call: {curl: ['http://www.example.com/users/1']}
    expect: {code: 200, body: {version: users}}
  - id: the-rest
    title: the rest is the monolith's
    call: {curl: ['http://www.example.com/cart']}
    expect: {code: 200, body: {version: monolith}}
`;

export const SCENE = `format: 1\ntitle: Who gets the users\n${WORLD}manifests: [route.yaml]\n${CHECKS}`;

export const FILES: Files = { 'scene.yaml': SCENE, 'route.yaml': ROUTE };

/** The folder of a scene, with some of its files in other words. */
export function sceneFolder(changes: Files = {}): string {
  return folderWith({ ...FILES, ...changes });
}
