/**
 * What the most common passwords are made of: words, names, and walks over the keyboard. Few of the common passwords are
 * long enough to pass the shortest length as they are; those that do are these, doubled, joined or lengthened.
 */
export const commonWords: readonly string[] = `
  password passwort passwd passw0rd pass motdepasse contrasena contraseña senha wachtwoord parola haslo heslo salasana
  welcome willkommen bienvenue letmein login access admin administrator root user guest test tester testing demo default
  changeme change secret geheim temp temporary master mustang service support system server manager office company
  iloveyou loveyou lovely love forever baby angel princess sunshine flower butterfly rainbow chocolate cookie summer
  winter spring autumn sommer herbst january february march april june july august september october november december
  monday tuesday wednesday thursday friday saturday sunday football baseball basketball soccer hockey golf tennis
  dragon monkey tiger shadow phoenix eagle falcon wolf panther superman batman spiderman pokemon naruto starwars matrix
  michael jordan jessica jennifer ashley daniel charlie thomas andrew robert matthew joshua nicole hannah anthony george
  killer hunter ranger soldier warrior ninja samurai pirate cowboy yankees liverpool chelsea arsenal barcelona juventus
  computer internet samsung google facebook microsoft windows android iphone apple linkedin adobe oracle cisco database
  whatever trustno blink freedom hello goodbye fuckyou fuck bitch asshole sexy pussy money lucky happy star blessed jesus
  donald trump london berlin paris america canada deutschland england france italia espana brasil mexico india pakistan
  abc qwe asd zxc qaz wsx edc rfv zaq xsw
`
  .trim()
  .split(/\s+/);

/** Read forwards and backwards. */
export const keyboardRows: readonly string[] = [
  'qwertyuiop',
  'asdfghjkl',
  'zxcvbnm',
  'qwertzuiop',
  'azertyuiop',
  'qsdfghjklm',
  'abcdefghijklmnopqrstuvwxyz',
  '01234567890',
  '1qaz2wsx3edc4rfv5tgb6yhn7ujm',
  '1q2w3e4r5t6y7u8i9o0p',
  '!@#$%^&*()',
];
