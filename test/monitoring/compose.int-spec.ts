import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { composeFile, root, type ComposeFile } from './compose-files';

const docker = join(root, 'docker');
const names = readdirSync(docker).filter((name) => name.endsWith('.yaml'));
const files: ComposeFile[] = names.map(composeFile);
const services = files.flatMap((file) => Object.entries(file.services));
const dockerfile = readFileSync(join(docker, 'Dockerfile'), 'utf8');

describe('The compose files', () => {
  it.each(services)('pin the image of %s to a version', (_name, { image = '' }) => {
    expect(image).toMatch(/^[a-z0-9/_-]+:v?\d+\.\d+\.\d+\S*$|^postgres:\d+\.\d+-\w+$/);
  });

  it.each(services)('let nobody but this machine reach %s', (_name, { ports = [] }) => {
    for (const port of ports) expect(port).toMatch(/^127\.0\.0\.1:\d+:\d+$/);
  });

  it('give no port of this machine away twice', () => {
    const taken = services.flatMap(([, { ports = [] }]) => ports.map((port) => port.split(':')[1]));
    expect(new Set(taken).size).toBe(taken.length);
    expect(taken).toContain('3000');
  });

  it.each(services)('say of %s whether it is well, or it ends by itself', (name, { healthcheck, build }) => {
    expect(healthcheck ?? build ?? name).toBeInstanceOf(Object);
  });

  it('mount what is there, and keep data in volumes that are declared', () => {
    const declared = files.flatMap(({ volumes = {} }) => Object.keys(volumes));
    for (const source of services.flatMap(([, { volumes = [] }]) => volumes.map((volume) => volume.split(':')[0]!))) {
      if (source.startsWith('.')) expect([source, existsSync(join(docker, source))]).toEqual([source, true]);
      else expect(declared).toContain(source);
    }
  });

  it('hold no password: what is secret comes as a file', () => {
    for (const [name, { environment = {} }] of services) {
      const secrets = Object.entries(environment).filter(([key]) => /PASS|SECRET|_URL/.test(key));
      for (const [key, value] of secrets) {
        expect([name, key, value]).toEqual([name, expect.stringMatching(/_FILE$/), expect.stringMatching(/^\/run\//)]);
      }
    }
  });

  it('declare every secret that a service asks for, and none that nobody does', () => {
    const declared = files.flatMap(({ secrets = {} }) => Object.keys(secrets));
    const wanted = new Set(services.flatMap(([, { secrets = [] }]) => secrets));
    expect([...wanted].sort()).toEqual([...declared].sort());
  });
});

describe('docker/init.sh', () => {
  const folder = mkdtempSync(join(tmpdir(), 'openrisk-secrets-'));
  const init = (): string => execFileSync('sh', [join(docker, 'init.sh'), folder], { encoding: 'utf8' });
  const contents = (): string[] => readdirSync(folder).map((name) => readFileSync(join(folder, name), 'utf8'));

  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  it('makes every secret that the compose files name', () => {
    init();
    const wanted = files.flatMap(({ secrets = {} }) => Object.values(secrets).map(({ file }) => basename(file)));
    expect(wanted.length).toBeGreaterThan(5);
    expect(readdirSync(folder)).toEqual(expect.arrayContaining(wanted));
    for (const content of contents()) expect(content.trim().length).toBeGreaterThan(30);
  });

  it('keeps others out of the folder, and makes no two passwords alike', () => {
    expect(statSync(folder).mode & 0o777).toBe(0o700);
    const passwords = readdirSync(folder).filter((name) => name.endsWith('_password'));
    expect(new Set(passwords.map((name) => readFileSync(join(folder, name), 'utf8'))).size).toBe(passwords.length);
  });

  it('changes nothing that is there when it runs again, and makes what is missing to fit', () => {
    const url = join(folder, 'database_url');
    const before = readFileSync(url, 'utf8');
    writeFileSync(join(folder, 'slack_critical'), 'https://hooks.example/of-ours');
    rmSync(url);
    const kept = contents().sort();
    expect(init()).toMatch(/^made database_url$/m);
    expect(readFileSync(url, 'utf8')).toBe(before);
    expect(contents().sort()).toEqual([...kept, before].sort());
  });
});

describe('The Dockerfile', () => {
  it('runs as somebody who is not root, from pinned images', () => {
    expect(dockerfile).toMatch(/^USER 1000$/m);
    for (const [, image] of dockerfile.matchAll(/^FROM (\S+)/gm)) expect(image).toMatch(/:\d+\.\d+\.\d+-/);
  });

  it('copies what exists, past a list of what may be copied at all', () => {
    const ignore = readFileSync(join(docker, 'Dockerfile.dockerignore'), 'utf8').split('\n');
    expect(ignore[0]).toBe('*');
    const copies = [...dockerfile.matchAll(/^COPY (?!--from)(.+)$/gm)].map(([, words = '']) => words.split(' '));
    const sources = copies.flatMap((words) => words.filter((word) => !word.startsWith('--')).slice(0, -1));
    for (const source of sources) {
      expect([source, existsSync(join(root, source))]).toEqual([source, true]);
      expect(ignore).toContain(`!${source}`);
    }
  });
});
