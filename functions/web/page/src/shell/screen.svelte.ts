import { viewOf, type Naming, type View } from '../tasks/views.ts';

export type Field = 'title' | 'due' | 'priority' | 'list' | 'tags';
export type Theme = 'auto' | 'light' | 'dark';

/** What this window looks at; nothing of it is anybody else's business. The view is the address's hash. */
class Screen {
  view = $state.raw<View>({ name: 'today' });
  task = $state<string | null>(null);
  field = $state<Field | null>(null);
  chat = $state(false);
  palette = $state(false);
  help = $state(false);
  settings = $state(false);
  naming = $state.raw<Naming | null>(null);
  theme = $state<Theme>((remembered('theme') as Theme | null) ?? 'auto');
  singleKeys = $state(remembered('single-keys') !== 'off');

  /** Follows the address: `#today`, `#list/ID`, `#search/words`, and by the links in mails `#task/ID` and `#settings`. */
  follow = () => {
    const hash = location.hash;
    if (hash.startsWith('#task/')) {
      this.openTask(hash.slice('#task/'.length));
      return;
    }
    if (hash === '#settings') this.settings = true;
    this.view = viewOf(hash) ?? { name: 'inbox' };
    this.task = null;
  };

  openTask(id: string, field: Field | null = null) {
    this.field = field;
    this.task = id;
    this.chat = false;
  }

  openChat() {
    this.task = null;
    this.chat = true;
  }

  /** Closes what is on top; false when there was nothing to close. */
  back(): boolean {
    if (this.task) this.task = null;
    else if (this.chat) this.chat = false;
    else return false;
    return true;
  }

  setTheme(theme: Theme) {
    this.theme = theme;
    remember('theme', theme);
  }

  setSingleKeys(on: boolean) {
    this.singleKeys = on;
    remember('single-keys', on ? 'on' : 'off');
  }
}

function remembered(name: string): string | null {
  try {
    return localStorage.getItem(`errand-${name}`);
  } catch {
    return null;
  }
}

function remember(name: string, value: string) {
  try {
    localStorage.setItem(`errand-${name}`, value);
  } catch {
    // Storage is forbidden here: the choice lasts as long as the window.
  }
}

export const screen = new Screen();
