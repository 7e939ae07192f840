/**
 * IST0106 and IST0133: what Istio's own validation says about a resource; IST0130 and IST0131: its findings about
 * rules that no request reaches, under their own codes. Source: analyzers/schema/validation.go.
 */
import type { Resource } from '../resource.ts';
import { validate } from '../validation/validate.ts';
import type { Collection } from './collection.ts';
import { type Message, message } from './message.ts';

export function schema(collection: Collection): Message[] {
  const { serviceEntries, destinationRules, virtualServices, sidecars, gateways, workloadEntries } =
    collection;
  const all: readonly Resource[] = [
    ...serviceEntries,
    ...destinationRules,
    ...virtualServices,
    ...sidecars,
    ...gateways,
    ...workloadEntries,
  ];
  return all.flatMap(resource => {
    const { errors, warnings, ruleWarnings } = validate(resource);
    const ofRules = new Set(ruleWarnings.map(each => each.text));
    return [
      ...errors.map(text => message('IST0106', resource, text)),
      ...ruleWarnings.map(({ code, parameters }) => message(code, resource, ...parameters)),
      ...warnings.filter(text => !ofRules.has(text)).map(text => message('IST0133', resource, text)),
    ];
  });
}
