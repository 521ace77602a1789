/**
 * docs/api/: the declarations that packages export, with their doc comments, one page for each way in and one section for each file. They
 * are read from dist as TypeScript printed them.
 */
import { existsSync, readFileSync } from 'node:fs';
import { relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type ExportedDeclarations, type JSDocableNode, Node, Project, type SourceFile } from 'ts-morph';
import { block, code } from './markdown.ts';

/** Where a package is imported from, and its files. */
interface Entry {
  /** As programs import it. */
  readonly name: string;
  readonly folder: string;
  /** The file that exports, below src and dist. */
  readonly file: string;
  /** The page, below docs/api. */
  readonly page: string;
}

const ENTRIES: readonly Entry[] = [
  { name: '@cyclegan/core', folder: 'packages/core', file: 'index', page: 'core.md' },
  { name: '@cyclegan/core/reference', folder: 'packages/core', file: 'reference/index', page: 'core-reference.md' },
  { name: '@cyclegan/data', folder: 'packages/data', file: 'index', page: 'data.md' },
  { name: '@cyclegan/data/memory', folder: 'packages/data', file: 'memory/index', page: 'data-memory.md' },
  { name: '@cyclegan/data/town', folder: 'packages/data', file: 'town/index', page: 'data-town.md' },
  { name: '@cyclegan/formats', folder: 'packages/formats', file: 'index', page: 'formats.md' },
  { name: '@cyclegan/formats/run', folder: 'packages/formats', file: 'run/index', page: 'formats-run.md' },
  { name: '@cyclegan/eval', folder: 'packages/eval', file: 'index', page: 'eval.md' },
  { name: '@cyclegan/backend-onnx', folder: 'packages/backend-onnx', file: 'index', page: 'backend-onnx.md' },
  { name: '@cyclegan/backend-tfjs', folder: 'packages/backend-tfjs', file: 'index', page: 'backend-tfjs.md' },
  { name: '@cyclegan/backend-webgpu', folder: 'packages/backend-webgpu', file: 'index', page: 'backend-webgpu.md' },
  { name: '@cyclegan/webgpu-device', folder: 'packages/webgpu-device', file: 'index', page: 'webgpu-device.md' },
];

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const MADE = `Made by ${code('npm run docs')} from the declarations; do not edit it.`;

/** The pages by their paths; throws Error when a package is not built, or exports something without a doc comment. */
export function apiPages(): ReadonlyMap<string, string> {
  const project = new Project({ compilerOptions: { skipLibCheck: true, module: 199, moduleResolution: 99, types: [] } });
  const undocumented: string[] = [];
  const pages = ENTRIES.map((entry) => [`docs/api/${entry.page}`, pageOf(project, entry, undocumented)] as const);
  if (undocumented.length > 0) throw new Error(`These exports need a doc comment: ${undocumented.join(', ')}.`);
  return new Map([['docs/api/README.md', indexPage()], ...pages]);
}

function indexPage(): string {
  const rows = ENTRIES.map(({ name, page, folder, file }) => `- [${code(name)}](${page}): ${headerOf(`${folder}/src/${file}.ts`)}`);
  return `# The library\n\n${MADE}\n\n${rows.join('\n')}\n`;
}

function pageOf(project: Project, { name, folder, file }: Entry, undocumented: string[]): string {
  const path = `${ROOT}/${folder}/dist/${file}.d.ts`;
  if (!existsSync(path)) throw new Error(`${folder} has not been built: run "npm run build".`);
  const source = project.addSourceFileAtPath(path);
  project.resolveSourceFileDependencies();
  const sections = [...byFile(source)]
    .sort(([a], [b]) => (a.getFilePath() < b.getFilePath() ? -1 : 1))
    .map(([declared, exported]) => sectionOf(declared, exported, { folder, undocumented }));
  return `${[`# ${code(name)}`, headerOf(`${folder}/src/${file}.ts`), MADE, ...sections].join('\n\n')}\n`;
}

type Exported = ReadonlyMap<string, readonly ExportedDeclarations[]>;

/** What a file exports, by the files that declare it. */
function byFile(source: SourceFile): ReadonlyMap<SourceFile, Exported> {
  const found = new Map<SourceFile, Map<string, readonly ExportedDeclarations[]>>();
  for (const [name, declarations] of source.getExportedDeclarations()) {
    const [first] = declarations;
    if (first === undefined) continue;
    const declared = first.getSourceFile();
    found.set(declared, (found.get(declared) ?? new Map()).set(name, declarations));
  }
  return found;
}

interface Place {
  readonly folder: string;
  /** Gathers the names of what has no doc comment. */
  readonly undocumented: string[];
}

function sectionOf(declared: SourceFile, exported: Exported, { folder, undocumented }: Place): string {
  const file = relative(`${ROOT}/${folder}/dist`, declared.getFilePath())
    .replaceAll('\\', '/')
    .replace(/\.d\.ts$/, '');
  const parts = [...exported].map(([name, declarations]) => {
    const about = declarations.map(commentOf).find((text) => text !== '') ?? '';
    if (about === '') undocumented.push(`${name} (${folder}/src/${file}.ts)`);
    return [`### ${name}`, about, block('ts', declarations.map(signatureOf).join('\n'))].join('\n\n');
  });
  return [`## ${file}`, headerOf(`${folder}/src/${file}.ts`), ...parts].filter((text) => text !== '').join('\n\n');
}

/** The comment that opens a file, unless it belongs to what follows. */
function headerOf(path: string): string {
  const [, comment] =
    /^\/\*\*(.*?)\*\/\n(?:import|\n|export (?:\*|\{|type \{|type \*))/s.exec(readFileSync(`${ROOT}/${path}`, 'utf8')) ?? [];
  return plainComment(comment ?? '').replaceAll('\n', ' ');
}

function plainComment(comment: string): string {
  return comment.replace(/^\s*\*? ?/gm, '').trim();
}

/** The doc comment of a declaration as text. */
function commentOf(declaration: ExportedDeclarations): string {
  const owner: Node | undefined = Node.isVariableDeclaration(declaration) ? declaration.getVariableStatement() : declaration;
  if (owner === undefined || !Node.isJSDocable(owner)) return '';
  return (owner as JSDocableNode)
    .getJsDocs()
    .map((doc) => plainComment(doc.getInnerText()))
    .join('\n\n');
}

/** A declaration as it reads without its comment; members keep theirs. */
function signatureOf(declaration: ExportedDeclarations): string {
  const owner: Node = (Node.isVariableDeclaration(declaration) ? declaration.getVariableStatement() : declaration) ?? declaration;
  return owner
    .getText()
    .replace(/^export (declare )?/, '')
    .replace(/^ +(#private|private [^\n]*);\n/gm, '')
    .replace(/^( {4})+/gm, (indent) => indent.slice(indent.length / 2));
}
