import { uuid7 } from '../data/uuid7.ts';

export interface Toast {
  key: string;
  heading?: string;
  words: string;
  actions: { words: string; run: () => void }[];
  stays: boolean;
}

const SHOWN_FOR = 8_000;

/** Short messages at the bottom: the last thing done, with a way back, and reminders, which stay until they are sent away. */
class Toasts {
  all = $state.raw<Toast[]>([]);
  #timer: ReturnType<typeof setTimeout> | undefined;

  show(words: string, actions: Toast['actions'] = [], more: { heading?: string; stays?: boolean; key?: string } = {}) {
    const toast: Toast = { key: uuid7(), stays: false, words, actions, ...more };
    // Only the last deed is offered for taking back.
    const others = this.all.filter((other) => (toast.stays || other.stays) && other.key !== toast.key);
    this.all = [...others, toast];
    if (!toast.stays) this.hold(false);
  }

  dismiss(key: string) {
    this.all = this.all.filter((toast) => toast.key !== key);
  }

  /** While the pointer or the focus is on it, a toast does not leave (WCAG 2.2.1). */
  hold(held: boolean) {
    clearTimeout(this.#timer);
    if (!held) this.#timer = setTimeout(() => (this.all = this.all.filter((toast) => toast.stays)), SHOWN_FOR);
  }
}

export const toasts = new Toasts();
