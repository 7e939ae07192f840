/**
 * The page with what stands between `<!-- MARK -->` and `<!-- /MARK -->` replaced: the parts of pages that scripts
 * make.
 */
export function withMarkedPart(page: string, mark: string, text: string): string {
  const part = new RegExp(`<!-- ${mark} -->[\\s\\S]*<!-- /${mark} -->`);
  return page.replace(part, () => `<!-- ${mark} -->\n${text}\n<!-- /${mark} -->`);
}
