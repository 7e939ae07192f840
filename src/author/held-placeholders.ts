/** Placeholders in a manifest that is parsed, changed, and written again: '{{stableIP}}' would be lost to parsing. Pure. */

/** The text with words in the place of placeholders; `released` makes placeholders of them again. */
export function held(text: string): string {
  return text.replace(/\{\{(\w+)\}\}/g, 'held.$1.held');
}

export function released(text: string): string {
  return text.replace(/held\.(\w+)\.held/g, '{{$1}}');
}
