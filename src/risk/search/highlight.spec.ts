import { highlight, highlightedSnippet } from './highlight';

describe('highlighting', () => {
  it.each([
    ['Ransomware on servers', 'ransom', '<mark>Ransomware</mark> on servers'],
    ['Ransomware on servers', 'ransomwre', '<mark>Ransomware</mark> on servers'],
    ['Ransomware on servers', 'on servers', 'Ransomware <mark>on</mark> <mark>servers</mark>'],
    ['Nothing here', 'ransom', 'Nothing here'],
    ['Fire', 'ire', 'Fire'],
    ['CVE-2024-3094', 'cve-2024', '<mark>CVE</mark>-<mark>2024</mark>-3094'],
    ['<mark>a</mark>', 'a', '&lt;mark&gt;<mark>a</mark>&lt;/mark&gt;'],
    [`"a" & 'b'`, 'b', '&quot;a&quot; &amp; &#39;<mark>b</mark>&#39;'],
    ['Ölpreis 🔥 Öl', 'öl', '<mark>Ölpreis</mark> 🔥 <mark>Öl</mark>'],
    ['anything', '& | !', 'anything'],
  ])('of %j for %j', (text, q, html) => {
    expect(highlight(text, q)).toBe(html);
  });

  it('shows the part of a long text where the match is', () => {
    const text = `${'before '.repeat(100)}the needle is here ${'after '.repeat(100)}`;
    const snippet = highlightedSnippet(text, 'needle');
    expect(snippet).toMatch(/^… (before )+the <mark>needle<\/mark> is here (after )+/);
    expect(snippet).toMatch(/ …$/);
    expect(snippet?.length).toBeLessThan(230);
  });

  it('shows a short text whole, and nothing without a match', () => {
    expect(highlightedSnippet('a needle', 'needle')).toBe('a <mark>needle</mark>');
    expect(highlightedSnippet('hay', 'needle')).toBeNull();
  });

  it('takes no longer for many words, whatever is searched for', () => {
    const words = Array.from({ length: 5_000 }, (_, index) => (index * 7919).toString(36)).join(' ');
    const long = `${words} needle`.slice(-20_000);
    const q = Array.from({ length: 60 }, (_, index) => `nee${index}`).join(' ');
    const since = performance.now();
    for (let count = 0; count < 50; count++) highlightedSnippet(long, q);
    expect(performance.now() - since).toBeLessThan(1_000);
  });

  it('never cuts a character in two', () => {
    const snippet = highlightedSnippet(`needle${'🔥'.repeat(200)}`, 'needle') ?? '';
    expect(snippet.isWellFormed()).toBe(true);
  });
});
