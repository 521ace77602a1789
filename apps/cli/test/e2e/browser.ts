/** A real browser for tests of pages: whichever of Chromium's kind is installed. Knows no page. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { type Browser, chromium, type Page } from 'playwright-core';
import { afterAll, onTestFinished, type TestContext } from 'vitest';

/** Where browsers lie, by platform. */
function usualPlaces(): readonly string[] {
  switch (process.platform) {
    case 'win32': {
      const { ProgramFiles = '', LOCALAPPDATA = '' } = process.env;
      const folders = [ProgramFiles, process.env['ProgramFiles(x86)'] ?? '', LOCALAPPDATA].filter((folder) => folder !== '');
      const programs = [
        'Google\\Chrome\\Application\\chrome.exe',
        'Chromium\\Application\\chrome.exe',
        'Microsoft\\Edge\\Application\\msedge.exe',
      ];
      return folders.flatMap((folder) => programs.map((program) => join(folder, program)));
    }
    case 'darwin':
      return ['Google Chrome', 'Chromium', 'Microsoft Edge'].map((name) => `/Applications/${name}.app/Contents/MacOS/${name}`);
    default: {
      const names = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable', 'microsoft-edge'];
      return ['/usr/bin', '/usr/local/bin', '/snap/bin'].flatMap((folder) => names.map((name) => join(folder, name)));
    }
  }
}

const INSTALL =
  'install Chromium, Chrome or Edge (on Debian: apt-get install chromium), or set CHROME_PATH to the program of such a browser';

/** The program of a browser. Without one, skips the test and says why, or throws where CI is set. */
function browserProgram(context: TestContext): string {
  const given = process.env.CHROME_PATH;
  if (given !== undefined && given !== '') {
    if (existsSync(given)) return given;
    throw new Error(`CHROME_PATH is ${given}, where there is no file: set it to the program of a browser, or leave it out.`);
  }
  const found = usualPlaces().find((path) => existsSync(path));
  if (found !== undefined) return found;
  if (process.env.CI !== undefined && process.env.CI !== '') throw new Error(`this test needs a browser: ${INSTALL}.`);
  return context.skip(`no browser was found: ${INSTALL}`);
}

function start(program: string, args: readonly string[]): Promise<Browser> {
  // Chromium refuses its sandbox to root
  return chromium.launch({ executablePath: program, headless: true, chromiumSandbox: process.getuid?.() !== 0, args: [...args] });
}

/** What makes Chromium offer WebGPU on any machine, computed in software. */
export const SOFTWARE_WEBGPU = ['--enable-unsafe-webgpu', '--use-webgpu-adapter=swiftshader', '--enable-features=Vulkan'];

/** A browser, started with `args`, that the tests of a file share; ends with them. Call it at the top of the file, and what it returns in each test. */
export function sharedBrowser(args: readonly string[] = []): (context: TestContext) => Promise<Browser> {
  let browser: Promise<Browser> | undefined;
  afterAll(async () => (await browser)?.close());
  return (context) => {
    browser ??= start(browserProgram(context), args);
    return browser;
  };
}

/** How a page is looked at. */
export interface Look {
  /** Of the window, in CSS pixels. */
  readonly width: number;
  readonly height?: number;
  readonly colours?: 'light' | 'dark';
}

/** A page that is open, and everything that went wrong in it so far: messages of errors, and requests that failed. */
export interface OpenPage {
  readonly page: Page;
  readonly problems: readonly string[];
}

/** Opens the file at `path` from the disk, until the test ends. */
export function openFile(browser: Browser, path: string, look: Look): Promise<OpenPage> {
  return openAddress(browser, pathToFileURL(path).href, look);
}

/** Opens an address, until the test ends; what it asks of other servers is a problem. */
export async function openAddress(browser: Browser, address: string, { width, height = 900, colours = 'light' }: Look): Promise<OpenPage> {
  const page = await browser.newPage({ viewport: { width, height }, colorScheme: colours });
  onTestFinished(() => page.close());
  const problems: string[] = [];
  page.on('console', (message) => {
    if (['error', 'warning'].includes(message.type())) problems.push(`console: ${message.text()}`);
  });
  page.on('pageerror', (error) => problems.push(`script: ${String(error)}`));
  page.on('requestfailed', (request) => {
    const reason = request.failure()?.errorText;
    // a picture that another has taken the place of before it was there
    if (reason !== 'net::ERR_ABORTED') problems.push(`request: ${request.url()} (${reason})`);
  });
  page.on('request', (request) => {
    const own = new URL(address).protocol === 'http:' && request.url().startsWith(new URL(address).origin);
    if (!own && !/^(file|data|blob):/.test(request.url())) problems.push(`network: ${request.url()}`);
  });
  await page.goto(address, { waitUntil: 'load' });
  return { page, problems };
}

/** How many CSS pixels the page is wider than its window. */
export async function overflow(page: Page): Promise<number> {
  return Number(await page.evaluate('document.documentElement.scrollWidth - document.documentElement.clientWidth'));
}
