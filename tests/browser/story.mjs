// The main job in a real browser, against a running errand:
//
//   node tests/browser/story.mjs LINK [FOLDER]
//
// LINK is the sign-in link that `errand` prints, FOLDER takes the screenshots. Prints a line for each step, and exits with 0 when
// all went well. Any console error, page error or accessibility violation fails. The browser is Debian's Chromium, or the one
// that CHROMIUM names; CHROMIUM_FLAGS has further flags, a line each.
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

// The page's own packages serve here too: one lock file, one install.
const require = createRequire(new URL('../../functions/web/page/package.json', import.meta.url));
const { chromium } = require('playwright-core');
const { AxeBuilder } = require('@axe-core/playwright');

const [link, folder] = process.argv.slice(2);
if (!link) {
  console.error('usage: node tests/browser/story.mjs LINK [FOLDER]');
  process.exit(2);
}
if (folder) mkdirSync(folder, { recursive: true });

const LINE = 'call mom every Sunday at 3pm, remind me 15 minutes before';
const PATIENCE = 20_000;
const FLAGS = [
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];
FLAGS.push(...(process.env.CHROMIUM_FLAGS ?? '').split('\n').filter(Boolean));
if (process.getuid?.() === 0) FLAGS.push('--no-sandbox');

const profile = mkdtempSync(join(tmpdir(), 'errand-browser-'));
const context = await chromium.launchPersistentContext(profile, {
  executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
  args: FLAGS,
  viewport: { width: 1280, height: 800 },
  locale: 'en-GB',
  timezoneId: process.env.TZ || undefined,
});
context.setDefaultTimeout(PATIENCE);

const complaints = [];
/** Without the network the browser itself complains of each request. */
let offline = false;
context.on('console', (message) => {
  const expected = offline && /net::ERR_|WebSocket connection/.test(message.text());
  if (message.type() === 'error' && !expected) complaints.push(`console: ${message.text()}`);
});
context.on('weberror', (error) => complaints.push(`page: ${error.error().message}`));

let sockets = 0;
const counting = (page) => page.on('websocket', () => (sockets += 1));
context.pages().forEach(counting);
context.on('page', counting);

let failed = false;
/** Runs one step; the steps after a failed one would only repeat its news, so they are left out. */
async function step(name, act) {
  if (failed) return;
  const began = performance.now();
  try {
    await act();
    if (complaints.length) throw new Error(complaints.join('\n'));
    console.log(`ok ${name} (${Math.round(performance.now() - began)} ms)`);
  } catch (error) {
    failed = true;
    console.log(`not ok ${name}\n${error.message}`);
    await shot(one, 'failed');
  }
}

/** Until everything that moves has come to rest: what is half way has half the colours. */
const rest = (page) => page.evaluate(() => Promise.all(document.getAnimations().map((animation) => animation.finished.catch(() => {}))));

async function shot(page, name) {
  if (!folder) return;
  await rest(page);
  await page.screenshot({ path: join(folder, `${name}.png`) });
}

const rows = (page, title) => page.locator('li[data-task]').filter({ has: page.locator('.title', { hasText: new RegExp(`^${title}$`) }) });
const idOf = (row) => row.first().getAttribute('data-task');

function same(found, wanted, what) {
  if (found !== wanted) throw new Error(`${what}: ${found}, wanted ${wanted}`);
}

async function axe(page, name) {
  await rest(page);
  const { violations } = await new AxeBuilder({ page }).analyze();
  const found = violations.map(({ id, nodes }) => `${name}: ${id}: ${nodes.map(({ html }) => html).join('\n  ')}`);
  if (found.length) throw new Error(found.join('\n'));
}

const one = context.pages()[0] ?? (await context.newPage());
const two = await context.newPage();
let first;
let next;

await step('the printed link signs the browser in', async () => {
  await one.goto(link);
  await one.getByRole('heading', { level: 1, name: 'Inbox' }).waitFor();
  await one.locator('#quick-add').waitFor();
});

await step('a second window is signed in too', async () => {
  await two.goto(new URL('/', link).href);
  await two.getByRole('heading', { level: 1, name: 'Inbox' }).waitFor();
});

await step('quick add shows what it reads while one types', async () => {
  await one.bringToFront();
  await one.locator('h1').click();
  await one.keyboard.press('q');
  await one.keyboard.type(LINE, { delay: 5 });
  const preview = one.locator('#quick-add-preview');
  await preview.getByText('call mom', { exact: true }).waitFor();
  await preview.getByText('every Sunday').first().waitFor();
  await preview.getByText('15 minutes before').first().waitFor();
  await shot(one, 'quick-add');
});

await step('the task is added by Enter', async () => {
  await one.keyboard.press('Enter');
  await rows(one, 'call mom').waitFor();
  await rows(one, 'call mom').locator('.due', { hasText: '15:00' }).waitFor();
  same(await rows(one, 'call mom').count(), 1, 'tasks in the first window');
});

await step('the second window shows it by itself', async () => {
  await rows(two, 'call mom').waitFor();
  first = await idOf(rows(two, 'call mom'));
  same(await idOf(rows(one, 'call mom')), first, 'the task in the other window');
});

await step('the list is accessible, light and dark, wide and narrow', async () => {
  for (const [width, height] of [[1280, 800], [390, 844]]) {
    for (const colorScheme of ['light', 'dark']) {
      await one.setViewportSize({ width, height });
      await one.emulateMedia({ colorScheme });
      await shot(one, `list-${width}-${colorScheme}`);
      await axe(one, `${width} ${colorScheme}`);
    }
  }
  await one.setViewportSize({ width: 1280, height: 800 });
  await one.emulateMedia({ colorScheme: 'light' });
});

await step('the task is ticked off, and the next Sunday stands in both windows', async () => {
  await rows(one, 'call mom').getByRole('checkbox').click();
  // The offer stays as long as the pointer is on it, however long a function takes to wake.
  await one.getByRole('button', { name: 'Undo', exact: true }).hover();
  for (const page of [one, two]) {
    await page.locator(`li[data-task="${first}"]`).waitFor({ state: 'detached' });
    await rows(page, 'call mom').waitFor();
  }
  next = await idOf(rows(one, 'call mom'));
  same(await idOf(rows(two, 'call mom')), next, 'the next occurrence in the other window');
  same(await rows(one, 'call mom').count(), 1, 'open occurrences');
  await rows(one, 'call mom').locator('.due', { hasText: '15:00' }).waitFor();
  await shot(one, 'completed');
});

await step('undo brings the first back and takes the next away, in both windows', async () => {
  await one.getByRole('button', { name: 'Undo', exact: true }).click();
  for (const page of [one, two]) {
    await page.locator(`li[data-task="${first}"]`).waitFor();
    await page.locator(`li[data-task="${next}"]`).waitFor({ state: 'detached' });
    same(await rows(page, 'call mom').count(), 1, 'open occurrences');
  }
});

await step('the history says who did what', async () => {
  await rows(one, 'call mom').locator('.text').click();
  const panel = one.getByRole('complementary', { name: 'Task' });
  await panel.getByText('15 minutes before', { exact: true }).first().waitFor();
  const history = panel.locator('summary', { hasText: 'History' });
  await history.click();
  for (const said of ['created it', 'completed it']) await panel.locator('li', { hasText: said }).first().waitFor();
  await panel.getByText('You', { exact: true }).first().waitFor();
  await history.scrollIntoViewIfNeeded();
  await shot(one, 'history');
  await axe(one, 'the task panel');
  await one.keyboard.press('Escape');
  await panel.waitFor({ state: 'detached' });
});

await step('a step and a comment are added, and the other window has the step', async () => {
  await rows(one, 'call mom').locator('.text').click();
  const panel = one.getByRole('complementary', { name: 'Task' });
  await panel.getByLabel('Add a step').fill('find the number');
  await one.keyboard.press('Enter');
  await rows(two, 'find the number').waitFor();
  await panel.locator('summary', { hasText: 'Comments' }).click();
  await panel.getByLabel('Write a comment').fill('she was away last week');
  await one.keyboard.press('Enter');
  await panel.locator('.text', { hasText: 'she was away' }).waitFor();
  await shot(one, 'task');
  await axe(one, 'the task panel with a step and a comment');
  await one.keyboard.press('Escape');
  await one.keyboard.press('Escape');
});

await step('what was deleted lies in the trash, and comes back from there', async () => {
  await rows(one, 'find the number').locator('.text').click();
  await one.getByRole('button', { name: 'Move to the trash' }).click();
  await rows(two, 'find the number').waitFor({ state: 'detached' });
  await one.getByRole('link', { name: 'Trash' }).click();
  await shot(one, 'trash');
  await axe(one, 'the trash');
  await one.getByRole('button', { name: 'Restore “find the number”' }).click();
  await rows(two, 'find the number').waitFor();
  await one.getByRole('link', { name: 'Inbox' }).click();
  // It is done with; what follows is about the others.
  await rows(one, 'find the number').getByRole('checkbox').click();
  await rows(two, 'find the number').waitFor({ state: 'detached' });
});

await step('quiet hours and the daily digest are set, and the other window knows', async () => {
  const settings = async (page) => {
    await page.getByRole('button', { name: 'Settings' }).click();
    await page.getByLabel('E-mail address').waitFor();
  };
  await settings(one);
  await one.getByLabel('Quiet hours: no mails in between').check();
  await one.getByLabel('A mail each day with what is due').check();
  await one.getByLabel('Daily digest at').waitFor();
  await one.locator('summary', { hasText: 'What was sent' }).click();
  await shot(one, 'settings');
  await axe(one, 'the settings');
  await one.keyboard.press('Escape');
  await two.bringToFront();
  await settings(two);
  same(await two.getByLabel('Quiet from').inputValue(), '22:00', 'the quiet hours in the other window');
  same(await two.getByLabel('Daily digest at').inputValue(), '08:00', 'the digest in the other window');
  await two.keyboard.press('Escape');
  await one.bringToFront();
});

await step('the chat answers what the tasks are', async () => {
  await one.keyboard.press('c');
  const chat = one.getByRole('complementary', { name: 'Chat' });
  await chat.getByRole('textbox').fill('what are my tasks?');
  await one.keyboard.press('Enter');
  await chat.getByRole('log').getByText('call mom').first().waitFor();
  await chat.getByText('offline interpreter').first().waitFor();
  await shot(one, 'chat');
  await axe(one, 'the chat');
  await one.emulateMedia({ colorScheme: 'dark' });
  await shot(one, 'chat-dark');
  await axe(one, 'the chat, dark');
  await one.keyboard.press('Escape');
});

await step('what is done without the network waits, outlives a reload, and is sent once', async () => {
  await one.emulateMedia({ colorScheme: 'light' });
  await one.evaluate(() => navigator.serviceWorker.ready.then(() => {}));
  offline = true;
  await context.setOffline(true);
  await one.locator('#quick-add').fill('buy milk');
  await one.keyboard.press('Enter');
  await one.getByText('1 change waits').waitFor();
  await shot(one, 'offline');
  await one.reload();
  await rows(one, 'buy milk').waitFor();
  await context.setOffline(false);
  await rows(two, 'buy milk').waitFor();
  await one.getByText('1 change waits').waitFor({ state: 'detached' });
  offline = false;
  for (const page of [one, two]) same(await rows(page, 'buy milk').count(), 1, 'tasks after the network came back');
});

await step('the keyboard alone is enough', async () => {
  const titles = (page) => page.locator('li[data-task] .title').allTextContents();
  const until = async (page, wanted) => {
    const began = Date.now();
    while ((await titles(page)).join() !== wanted) {
      if (Date.now() - began > PATIENCE) throw new Error(`the order is ${await titles(page)}, wanted ${wanted}`);
      await page.waitForTimeout(20);
    }
  };
  await one.getByRole('heading', { level: 1 }).click();
  await until(one, 'call mom,buy milk');
  await one.keyboard.press('j');
  await one.keyboard.press('Alt+ArrowDown');
  for (const page of [one, two]) await until(page, 'buy milk,call mom');
  await one.keyboard.press('k');
  await one.keyboard.press('x');
  for (const page of [one, two]) await until(page, 'call mom');
  await one.keyboard.press('z');
  for (const page of [one, two]) await until(page, 'buy milk,call mom');
  await one.keyboard.press('Control+k');
  await one.getByRole('combobox').fill('upcoming');
  await shot(one, 'palette');
  await one.keyboard.press('Enter');
  await one.getByRole('heading', { level: 1, name: 'Upcoming' }).waitFor();
  await one.keyboard.press('g');
  await one.keyboard.press('i');
  await one.getByRole('heading', { level: 1, name: 'Inbox' }).waitFor();
});

await step('a list is made, named anew and deleted, and a search is kept as a view, by keyboard alone', async () => {
  const dialog = one.getByRole('dialog');
  const heading = (page, name) => page.getByRole('heading', { level: 1, name, exact: true }).waitFor();
  await one.keyboard.press('l');
  await dialog.getByLabel('Name').waitFor();
  await one.keyboard.type('Erands');
  await shot(one, 'new-list');
  await axe(one, 'a new list');
  await one.keyboard.press('Enter');
  await heading(one, 'Erands');
  await two.getByRole('link', { name: 'Erands' }).waitFor();
  await one.keyboard.press('v');
  await dialog.getByLabel('Name').fill('Errands');
  await one.keyboard.press('Enter');
  await heading(one, 'Errands');
  await two.getByRole('link', { name: 'Errands' }).waitFor();
  await one.keyboard.press('v');
  await dialog.getByRole('button', { name: 'Delete the list' }).press('Enter');
  await heading(one, 'Inbox');
  await two.getByRole('link', { name: 'Errands' }).waitFor({ state: 'detached' });
  await one.keyboard.press('z');
  await two.getByRole('link', { name: 'Errands' }).waitFor();

  await one.keyboard.press('/');
  await one.getByRole('searchbox').fill('mom');
  await one.getByRole('button', { name: 'Save, rename or delete' }).press('Enter');
  same(await dialog.getByLabel('Filter').inputValue(), 'status=open and text~"mom"', 'the filter');
  await dialog.getByLabel('Name').fill('About mom');
  await shot(one, 'new-view');
  await axe(one, 'a new view');
  await one.keyboard.press('Enter');
  await heading(one, 'About mom');
  await rows(one, 'call mom').waitFor();
  same(await rows(one, 'buy milk').count(), 0, 'other tasks in the view');
  await shot(one, 'view');
  await axe(one, 'a saved view');
  // What fits later joins by itself.
  await two.bringToFront();
  await two.locator('#quick-add').fill('write to mom');
  await two.keyboard.press('Enter');
  await rows(one, 'write to mom').waitFor();
  await one.bringToFront();
  await one.getByRole('heading', { level: 1 }).click();
  await one.keyboard.press('v');
  await dialog.getByRole('button', { name: 'Delete the view' }).press('Enter');
  await heading(one, 'Inbox');
  await one.getByRole('link', { name: 'About mom' }).waitFor({ state: 'detached' });
});

console.log(`sockets opened: ${sockets}`);
await context.close();
rmSync(profile, { recursive: true, force: true });
process.exit(failed ? 1 : 0);
