import { normalPassword, passwordProblem } from './password-rules';

const context = ['ana.novak@meridian-instruments.example', 'Ana Nováková', 'meridian'];
const problem = (password: string): string | undefined => passwordProblem(password, 12, context)?.code;

describe('a password', () => {
  it.each([
    'correct horse battery staple',
    'trombone-gravel-41',
    'zvlášť-tichý-potok',
    '              x9 kd02!m',
    'tK4#mmQ0vL2x',
    '849302718465',
    'парольнеугадать',
    '🐢🦀🐙🦑🐠🐡🐬🐳🐋🦈🐊🐸',
    'summer rain over quiet hills',
    'x'.repeat(3) + 'gravelroadtrip',
  ])('may be %s', (password) => {
    expect(problem(password)).toBeUndefined();
  });

  it.each(['', 'short', 'eleven char', '🐢🦀🐙🦑🐠🐡🐬🐳🐋🦈🐊'])(
    'may not be shorter than its limit: %s',
    (password) => {
      expect(problem(password)).toBe('min-length');
    },
  );

  it.each([
    ['a common one', 'password1234'],
    ['a common one with a year', 'Welcome2024!!'],
    ['a common one in disguise', 'P4$$w0rd!2023'],
    ['two common ones', 'LetMeIn-Admin1'],
    ['one letter', 'aaaaaaaaaaaa'],
    ['a part again and again', 'Ab3Ab3Ab3Ab3A'],
    ['a word twice', 'gravelgravel'],
    ['digits in a row', '123456789012'],
    ['a row of keys', 'qwertyuiop[]'],
    ['rows of keys', 'qwertyasdfgh'],
    ['a walk down the keyboard', '1qaz2wsx3edc'],
    ['the alphabet', 'abcdefghijkl'],
    ['a row backwards', '0987654321qw'],
    ['the name of its owner', 'AnaNovakova1!'.replace('Novakova', 'Nováková')],
    ['the e-mail address', 'ana.novak@meridian'],
    ['the company', 'Meridian2026!'],
    ['the product', 'OpenRisk12345'],
  ])('may not be %s', (_what, password) => {
    expect(problem(password)).toBe('guessable');
  });

  it('is the same however its letters are composed', () => {
    expect(normalPassword('Nova\u0301kova\u0301 \ufb01n')).toBe('Nováková fin');
  });

  it('is judged quickly, however long', () => {
    const before = performance.now();
    for (const part of ['a', 'ab', 'password', '1q2w', 'ž'])
      passwordProblem(part.repeat(200).slice(0, 199) + '!', 12, context);
    expect(performance.now() - before).toBeLessThan(250);
  });
});
